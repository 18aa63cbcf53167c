import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { parseReleaseFile, releaseFile, type ReleaseFile } from '../../contract/release-file.ts';
import { withApprovers } from './approvers-check.ts';
import { starterOf } from '../../domain/release/approval.ts';
import { specOf } from './spec-of.ts';
import { requestId } from '../../contract/target.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { releaseId } from '../../domain/release/target.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { StoredPlan } from '../../ports/plans.ts';
import type { StartedRelease } from '../../temporal/gateway.ts';
import { fileOf, findPlan, requireUnchanged, requireValid } from './stored-plan.ts';
import { toChecks } from './plan-output.ts';
import { identified } from './identified.ts';
import { startedTask } from './followed-tasks.ts';
import { exampleRelease } from './release-plan.ts';

const { target, image } = releaseFile.shape;
const planId = z
  .string()
  .max(80)
  .regex(/^plan-[0-9a-f]+$/, 'must be the plan_id that release_plan answered')
  .optional()
  .describe('From release_plan, instead of all other fields. Refused when its facts have changed.');
const input = z.strictObject({
  plan_id: planId,
  ...releaseFile.shape,
  target: target.optional(),
  image: image.optional(),
  request_id: requestId.optional(),
});
type Input = z.output<typeof input>;
/** A release that is given in full must have all fields of a release file. */
const whole = z.strictObject({ ...releaseFile.shape, plan_id: planId, request_id: requestId.optional() });

const output = z.strictObject({
  release_id: z.string(),
  run_id: z.string(),
  request_id: z.string(),
  started: z.boolean().describe('False: the same request id had started this release before.'),
  target: z.strictObject({ cluster: z.string(), namespace: z.string(), rollout: z.string() }),
  image: z.string(),
  strategy: z.string(),
  weights: z.array(z.number()),
  next: z.string(),
});
type Output = z.output<typeof output>;

export const releaseStart: Command<typeof input, typeof output> = {
  name: 'release_start',
  title: 'Start a release',
  description:
    'Starts a release and returns its id at once; it then runs durably. Takes the plan_id of release_plan, or the whole input of release_plan, every field of it. The checks of release_plan run first and a failed one refuses the start. One target has at most one running release.',
  kind: 'write',
  idempotent: false,
  toolset: 'release',
  document: 'release file',
  input,
  output,
  listed: { input: ['plan_id', 'target', 'image', 'strategy', 'request_id'] },
  examples: [{ title: 'A canary with the defaults', input: exampleRelease }],
  check: (raw, settings) => check(raw ?? {}, settings.defaultStrategy),
  touches: async (context, { plan_id: id, target: named }) =>
    id === undefined ? [named ?? {}] : [fileOf(await findPlan(context, id), context).target],
  async run(context, { request_id: given, plan_id: id, ...written }) {
    const stored = id === undefined ? undefined : await findPlan(context, id);
    const file = stored ? fileOf(stored, context) : (written as ReleaseFile);
    const spec = await specOf(context, file);
    const request = given ?? randomUUID();
    // This check is first, because a running release fails preflight. A repeated request must find its own release, and
    // another request must learn which release is running.
    const [earlier, worker] = await Promise.all([
      context.gateway.admit(releaseId(spec.target), request),
      hasWorker(context),
    ]);
    if (earlier) return toOutput(spec, request, [], earlier, worker);
    const known = await identified(context, spec);
    const weights = await plannedWeights(context, known, stored);
    const starter = starterOf(context.caller);
    const started = await context.gateway.start({
      ...{ spec: known, startedBy: context.caller.id, requestId: request },
      ...(starter !== undefined && { starter }),
    });
    return toOutput(spec, request, weights, started, worker);
  },
  task: startedTask,
  text: startText,
};

function check(raw: unknown, defaultStrategy: string): Input {
  const { plan_id: id, request_id: _, ...rest } = (typeof raw === 'object' && raw !== null ? raw : {}) as Input;
  if (id === undefined) return parseReleaseFile(whole, raw, defaultStrategy);
  const others = Object.keys(rest).filter((name) => Object.hasOwn(input.shape, name));
  const message = `give plan_id or a release, not both: ${others.join(', ')}`;
  return parse(input, raw, others.length === 0 ? [] : [{ path: 'plan_id', message }]);
}

/** Errors: PREFLIGHT_FAILED. With a plan id also PLAN_EXPIRED and PLAN_CHANGED. */
async function plannedWeights(context: CommandContext, spec: ReleaseSpec, stored?: StoredPlan): Promise<number[]> {
  if (stored) requireValid(stored, context.ports.now());
  const found = withApprovers(context, spec, await context.preflight(spec));
  const weights = refuseUnlessReady(found);
  if (stored && found.plan) requireUnchanged(stored, spec, found.plan);
  return weights;
}

function toOutput(
  spec: ReleaseSpec,
  request: string,
  weights: number[],
  { id, runId, started }: StartedRelease,
  worker: boolean,
): Output {
  const waiting = worker
    ? ''
    : 'No worker polled the task queue lately: the release begins when one runs (sluice worker). ';
  return {
    release_id: id,
    run_id: runId,
    request_id: request,
    started,
    target: { ...spec.target },
    image: spec.image,
    strategy: spec.strategy,
    weights,
    next: `${waiting}Call release_wait with release_id "${id}" to follow it.`,
  };
}

/** A release without a worker is stored safely, but the caller should know. */
async function hasWorker({ gateway }: CommandContext): Promise<boolean> {
  return (await gateway.probe()).pollers > 0;
}

function refuseUnlessReady({ checks, plan }: Preflight): number[] {
  if (plan) return plan.steps.map(({ weight }) => weight);
  const failed = toChecks(checks.filter(({ ok }) => !ok));
  const lines = failed.map(({ name, detail, next }) => `${name}: ${detail}${next ? ` → ${next}` : ''}`);
  throw new SluiceError('PREFLIGHT_FAILED', `Nothing was started. Failed checks:\n${lines.join('\n')}`, {
    details: { checks: failed },
  });
}

function startText(result: Output): string {
  const { cluster, namespace, rollout } = result.target;
  const head = result.started ? 'Started' : 'Already started by the same request';
  return `${head}: ${result.strategy} release of ${namespace}/${rollout} on ${cluster} to ${result.image}\n${result.release_id}, request ${result.request_id}\n${result.next}`;
}
