import type { Caller } from '../domain/access/caller.ts';
import { SluiceError } from '../domain/errors.ts';
import type { QueueEntry, QueueView } from '../domain/release/queue.ts';
import type { ReleaseInput } from '../domain/release/release-input.ts';
import { releaseId } from '../domain/release/target.ts';
import type { ReleaseGateway, StartedRelease } from './gateway.ts';

/** A release that waits. `view`: absent if no worker has answered for the queue yet. */
export interface QueuedRelease {
  readonly id: string;
  readonly view?: QueueView;
}

/**
 * Starts a release, or does what it says about a busy target. One that may wait also waits behind those that wait
 * already. Errors: those of ReleaseGateway.start and Queues.add.
 */
export async function startOrQueue(
  gateway: ReleaseGateway,
  input: ReleaseInput,
  caller: Caller,
  now: number,
): Promise<StartedRelease | QueuedRelease> {
  const { whenBusy, target } = input.spec;
  const id = releaseId(target);
  if (whenBusy && (await gateway.queues.isOpen(id))) {
    const last = await gateway.queues.lastRun(id);
    return enqueue(gateway, input, caller, now, last?.open ? last.runId : undefined);
  }
  try {
    return await gateway.start(input);
  } catch (error) {
    if (!whenBusy || !(error instanceof SluiceError) || error.code !== 'TARGET_BUSY') throw error;
    const { run_id: runId } = error.details;
    return enqueue(gateway, input, caller, now, typeof runId === 'string' ? runId : undefined);
  }
}

/** `busy`: the run that has the target. Absent: none had it. */
export async function enqueue(
  { queues }: Pick<ReleaseGateway, 'queues'>,
  input: ReleaseInput,
  caller: Caller,
  addedAt: number,
  busy?: string,
): Promise<QueuedRelease> {
  const supersede = input.spec.whenBusy === 'supersede' && { supersede: busy === undefined ? {} : { runId: busy } };
  const entry: QueueEntry = { input, caller, addedAt, ...supersede };
  const view = await queues.add(entry);
  return { id: releaseId(input.spec.target), ...(view && { view }) };
}
