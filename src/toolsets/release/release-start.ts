import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { parseReleaseFile, releaseFile, type ReleaseFile } from '../../contract/release-file.ts';
import { withApprovers } from './approvers-check.ts';
import { proposedBy, starterOf } from '../../domain/release/approval.ts';
import { specOf } from './spec-of.ts';
import { requestId } from '../../contract/target.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { StoredPlan } from '../../ports/plans.ts';
import type { StartedRelease } from '../../temporal/gateway.ts';
import { startOrQueue, type QueuedRelease } from '../../temporal/start-or-queue.ts';
import { fileOf, findPlan, requireUnchanged, requireValid } from './stored-plan.ts';
import { toChecks } from './plan-output.ts';
import { identified } from './identified.ts';
import { placeOf, queuedOutput, queueRelease, toQueued } from './queued-start.ts';
import { startedTask } from './followed-tasks.ts';
import { exampleRelease } from './release-plan.ts';
import { windowsOf } from './windows-check.ts';

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
  run_id: z.string().optional(),
  request_id: z.string(),
  started: z.boolean().describe('False: this call did not start it.'),
  target: z.strictObject({ cluster: z.string(), namespace: z.string(), rollout: z.string() }),
  image: z.string(),
  strategy: z.string(),
  weights: z.array(z.number()),
  windows: z.string().optional(),
  queued: queuedOutput.optional(),
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
  listed: {
    input: ['plan_id', 'target', 'image', 'strategy', 'request_id'],
    output: Object.keys(output.shape).filter((name) => !['queued', 'windows'].includes(name)),
  },
  examples: [{ title: 'A canary with the defaults', input: exampleRelease }],
  check: (raw) => check(raw ?? {}),
  touches: async (context, { plan_id: id, target: named }) =>
    id === undefined ? [named ?? {}] : [fileOf(await findPlan(context, id)).target],
  async run(context, { request_id: given, plan_id: id, ...written }) {
    const stored = id === undefined ? undefined : await findPlan(context, id);
    const file = stored ? fileOf(stored) : (written as ReleaseFile);
    const spec = await specOf(context, file);
    const request = given ?? randomUUID();
    // This check is first, because a running release fails preflight. A repeated request must find its own release, and
    // another request must learn which release is running.
    const [place, worker] = await Promise.all([placeOf(context, spec, request), hasWorker(context)]);
    if (place.earlier)
      return { ...toOutput(spec, request, [], place.earlier, worker), ...(await windowsOf(context, spec)) };
    if (stored && place.waits) requireValid(stored, context.ports.now());
    const starter = starterOf(context.caller);
    const start = {
      ...{ spec, startedBy: context.caller.id, requestId: request },
      ...(starter !== undefined && { starter }),
      ...proposedBy(context.caller),
    };
    if (place.waits) {
      const queued = queuedAnswer(spec, request, await queueRelease(context, start, place.waits.busy));
      return { ...queued, ...(await windowsOf(context, spec)) };
    }
    const known = await identified(context, spec);
    const weights = await plannedWeights(context, known, stored);
    const begun = await startOrQueue(context.gateway, { ...start, spec: known }, context.caller, context.ports.now());
    const answer =
      'runId' in begun ? toOutput(spec, request, weights, begun, worker) : queuedAnswer(spec, request, begun);
    return { ...answer, ...(await windowsOf(context, known)) };
  },
  task: startedTask,
  text: startText,
};

function check(raw: unknown): Input {
  const { plan_id: id, request_id: _, ...rest } = (typeof raw === 'object' && raw !== null ? raw : {}) as Input;
  if (id === undefined) return parseReleaseFile(whole, raw);
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

function queuedAnswer(spec: ReleaseSpec, request: string, { id, view }: QueuedRelease): Output {
  const queued = toQueued(view, request);
  return {
    ...{ release_id: id, request_id: request, started: false },
    ...{ target: { ...spec.target }, image: spec.image, strategy: spec.strategy, weights: [], queued },
    next: `Call release_queue_list with release_id "${id}" for its turn. The checks of release_plan run then.`,
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
  const windows = result.windows === undefined ? undefined : `Windows: ${result.windows}`;
  const lines = [result.queued?.detail, windows, `${result.release_id}, request ${result.request_id}`, result.next];
  const what = `${result.strategy} release of ${namespace}/${rollout} on ${cluster} to ${result.image}`;
  return [`${headOf(result)}: ${what}`, ...lines.filter((line) => line !== undefined)].join('\n');
}

function headOf({ started, queued }: Output): string {
  if (!queued) return started ? 'Started' : 'Already started by the same request';
  if (queued.position !== undefined) return `Queued at position ${queued.position}`;
  return queued.waiting === undefined
    ? 'Stored for the queue'
    : 'Not queued again: the same request has left the queue';
}
