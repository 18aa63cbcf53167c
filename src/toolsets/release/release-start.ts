import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseReleaseFile, releaseFile } from '../../contract/release-file.ts';
import { toReleaseSpec } from '../../contract/release-spec.ts';
import { requestId } from '../../contract/target.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Preflight } from '../../domain/release/plan.ts';
import { releaseId } from '../../domain/release/target.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { toChecks } from './plan-output.ts';
import { exampleRelease } from './release-plan.ts';

const input = z.strictObject({ ...releaseFile.shape, request_id: requestId.optional() });

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
    'Starts a release and returns its id at once; it runs on durably by itself. The checks of release_plan run first and a failed one refuses the start. One target has at most one running release.',
  kind: 'write',
  idempotent: false,
  toolset: 'release',
  document: 'release file',
  input,
  output,
  examples: [{ title: 'A canary with the defaults', input: exampleRelease }],
  check: (raw, settings) => parseReleaseFile(input, raw ?? {}, settings.defaultStrategy),
  async run(context, { request_id: given, ...file }) {
    const cluster = file.target.cluster ?? (await context.clusters.current());
    const spec = toReleaseSpec(file, cluster, context.settings);
    const request = given ?? randomUUID();
    // First, because a running release fails preflight: a repeated request must find its own, another one learns who
    // runs.
    const [earlier, worker] = await Promise.all([
      context.gateway.admit(releaseId(spec.target), request),
      hasWorker(context),
    ]);
    const weights = earlier ? [] : refuseUnlessReady(await context.preflight(spec));
    const { id, runId, started } =
      earlier ?? (await context.gateway.start({ spec, startedBy: context.caller.id, requestId: request }));
    const next = `${worker ? '' : 'No worker polls the task queue: the release begins when one runs (sluice worker). '}Call release_wait with release_id "${id}" to follow it.`;
    return {
      release_id: id,
      run_id: runId,
      request_id: request,
      started,
      target: { ...spec.target },
      image: spec.image,
      strategy: spec.strategy,
      weights,
      next,
    };
  },
  text: startText,
};

/** A release without a worker is safely kept, but its starter should know. */
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
