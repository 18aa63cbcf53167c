import type { ReleaseInput } from '../../workflows/messages.ts';
import { SluiceError } from '../domain/errors.ts';
import { followOrEnd, releaseId } from '../domain/release/target.ts';
import type { TemporalLink } from './connection.ts';
import { toSluiceError } from './failure.ts';
import type { StartedRelease } from './gateway.ts';
import type { Releases } from './release-type.ts';
import { isOpen, type Run } from './run.ts';
import { ATTRIBUTES, attributesOf, targetValue } from './search-attributes.ts';
import { chainRunOf, literal, startedAtOf } from './visibility.ts';

/** Maximum number of earlier runs of a target in which a repeated request is looked for. */
const EARLIER_RUNS = 200;

/** See ReleaseGateway.admit. */
export async function admit(releases: Releases, id: string, requestId: string): Promise<StartedRelease | undefined> {
  const run = await releases.describe(id);
  if (!run) return undefined;
  const earlier = run.memo?.['request_id'] === requestId ? run.firstRunId : await earlierRun(releases, id, requestId);
  if (earlier !== undefined) return { id, runId: earlier, started: false };
  if (isOpen(run)) throw busy(id, run);
  return undefined;
}

/** An earlier run that this request started. A request acts once for a target, over all its runs. */
async function earlierRun(releases: Releases, id: string, requestId: string): Promise<string | undefined> {
  let found: string | undefined;
  let read = 0;
  await releases.list([`${ATTRIBUTES.target.name} = ${literal(targetValue(id).slice(0, 255))}`], (info) => {
    read += 1;
    if (info.workflowId === id && info.memo?.['request_id'] === requestId) found = chainRunOf(info);
    return found === undefined && read < EARLIER_RUNS;
  });
  return found;
}

function busy(id: string, run: Run): SluiceError {
  const paused = run.status === 'PAUSED' ? ', which is paused in Temporal' : '';
  return new SluiceError(
    'TARGET_BUSY',
    `The target already has a running release: ${id}, started ${new Date(startedAtOf(run)).toISOString()}${paused}.`,
    {
      next: `${followOrEnd(id)} With when_busy: queue (--when-busy queue) another one waits for its end; with supersede it replaces this one.`,
      details: { release_id: id, run_id: run.runId },
    },
  );
}

/** See ReleaseGateway.start. */
export async function startRelease(
  link: TemporalLink,
  releases: Releases,
  input: ReleaseInput,
): Promise<StartedRelease> {
  const { spec, startedBy, requestId } = input;
  const id = releaseId(spec.target);
  const earlier = await admit(releases, id, requestId);
  if (earlier) return earlier;
  try {
    const runId = await releases.start({
      id,
      args: [input],
      attributes: attributesOf(spec, startedBy),
      memo: { request_id: requestId },
      summary: `${spec.strategy} of ${spec.target.namespace}/${spec.target.rollout} to ${spec.image}`,
      details: `Started by ${startedBy}. Cluster ${spec.target.cluster}. Follow it with \`sluice release watch ${id}\`.`,
    });
    return { id, runId, started: true };
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')
      return lostRace(releases, id, requestId);
    throw toSluiceError(error, (await link.settings()).address);
  }
}

/** A release started between the check and the start. It may be a retry of this same request. */
async function lostRace(releases: Releases, id: string, requestId: string): Promise<StartedRelease> {
  const earlier = await admit(releases, id, requestId);
  if (earlier) return earlier;
  throw new SluiceError('TARGET_BUSY', `Another release of ${id} started and ended at the same moment.`, {
    details: { release_id: id },
  });
}
