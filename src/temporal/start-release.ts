import type { WorkflowExecutionDescription } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE_WORKFLOW, type ReleaseInput } from '../../workflows/messages.ts';
import { SluiceError } from '../domain/errors.ts';
import { releaseId } from '../domain/release/target.ts';
import type { TemporalLink } from './connection.ts';
import { describeRelease } from './describe-release.ts';
import { isInvalid, toSluiceError } from './failure.ts';
import type { StartedRelease } from './gateway.ts';
import { attributesOf, registerAttributes } from './search-attributes.ts';

/** See ReleaseGateway.admit. */
export async function admit(link: TemporalLink, id: string, requestId: string): Promise<StartedRelease | undefined> {
  const run = await describeRelease(link, id);
  if (!run) return undefined;
  if (run.memo?.['request_id'] === requestId) return { id, runId: run.runId, started: false };
  if (run.status.name === 'RUNNING') throw busy(id, run);
  return undefined;
}

function busy(id: string, run: WorkflowExecutionDescription): SluiceError {
  return new SluiceError(
    'TARGET_BUSY',
    `The target already has a running release: ${id}, started ${run.startTime.toISOString()}.`,
    {
      next: `Call release_get with release_id "${id}"; wait for it to end, or abort it.`,
      details: { release_id: id, run_id: run.runId },
    },
  );
}

/** See ReleaseGateway.start. */
export async function startRelease(
  link: TemporalLink,
  taskQueue: string,
  input: ReleaseInput,
): Promise<StartedRelease> {
  const id = releaseId(input.spec.target);
  const earlier = await admit(link, id, input.requestId);
  if (earlier) return earlier;
  try {
    return await start(link, taskQueue, input);
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')
      return lostRace(link, id, input.requestId);
    if (isInvalid(error) && /search attribute/i.test(String((error as Error).cause ?? error)))
      return startAfterRegistering(link, taskQueue, input);
    throw toSluiceError(error, (await link.settings()).address);
  }
}

async function start(link: TemporalLink, taskQueue: string, input: ReleaseInput): Promise<StartedRelease> {
  const { spec, startedBy, requestId } = input;
  const id = releaseId(spec.target);
  const handle = await link.raw((client) =>
    client.workflow.start(RELEASE_WORKFLOW, {
      workflowId: id,
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: attributesOf(spec, startedBy),
      memo: { request_id: requestId },
      staticSummary: `${spec.strategy} of ${spec.target.namespace}/${spec.target.rollout} to ${spec.image}`,
      staticDetails: `Started by ${startedBy}. Cluster ${spec.target.cluster}. Follow it with \`sluice release watch ${id}\`.`,
    }),
  );
  return { id, runId: handle.firstExecutionRunId, started: true };
}

/** Somebody started between our look and our start; it may have been this request itself, retried. */
async function lostRace(link: TemporalLink, id: string, requestId: string): Promise<StartedRelease> {
  const earlier = await admit(link, id, requestId);
  if (earlier) return earlier;
  throw new SluiceError('TARGET_BUSY', `Another release of ${id} started and ended at the same moment.`, {
    details: { release_id: id },
  });
}

/** The server takes a while to know a search attribute that was just registered. */
async function startAfterRegistering(
  link: TemporalLink,
  taskQueue: string,
  input: ReleaseInput,
): Promise<StartedRelease> {
  const { namespace } = await link.settings();
  await link.call((_, connection) => registerAttributes(connection, namespace));
  for (let attempt = 1; ; attempt += 1) {
    await sleep(250 * attempt);
    const outcome = await start(link, taskQueue, input).catch((error: unknown) =>
      isInvalid(error) && attempt < 6 ? undefined : Promise.reject(error as Error),
    );
    if (outcome) return outcome;
  }
}
