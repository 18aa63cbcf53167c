import { differences } from '../../domain/cluster-objects/differences.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { movesByItself, workloadState } from '../../domain/cluster-objects/workload-state.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';
import type { Outcome, PlannedChange } from './draft.ts';
import { objectText } from './located.ts';

/** Writes one planned change, and reads back what came of it. Errors: those of the port; CONFLICT wrote nothing. */
export async function carriedOut(context: CommandContext, change: PlannedChange): Promise<Outcome> {
  const { at, before, write, changes } = change;
  const { clusterObjects } = context.ports;
  if (write.how === 'evict') return evicted(context, change);
  if (write.how === 'delete') {
    await clusterObjects.write(at, before, write, false);
    return { changed: true, ...(await afterDeletion(context, at, before)) };
  }
  if (before && changes.length === 0)
    return { changed: false, effective: 'proved', reason: `${objectText(at)} is already so` };
  const written = await clusterObjects.write(at, before, write, false);
  return { changed: true, ...readBack(change, written, await again(context, change)) };
}

/** A pod that its budget keeps does not stop the eviction of others. */
async function evicted(context: CommandContext, { at, before, write }: PlannedChange): Promise<Outcome> {
  try {
    await context.ports.clusterObjects.write(at, before, write, false);
    return { changed: true, ...(await afterDeletion(context, at, before)) };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    if (error.code === 'OBJECT_NOT_FOUND')
      return { changed: false, effective: 'proved', reason: `${objectText(at)} does not exist any more` };
    if (error.code !== 'NOT_APPLICABLE') throw error;
    return { changed: false, effective: 'pending', reason: clause(error.message) };
  }
}

/**
 * The object as it is now. A workload whose specification was changed gets some seconds for its pods. Undefined if the
 * object does not exist, or if the cluster does not answer any more.
 */
async function again(
  { ports, signal }: CommandContext,
  { at, changes }: PlannedChange,
): Promise<ApiObject | undefined> {
  const mayMove = changes.some(({ path }) => path.startsWith('spec'));
  const isSettled = (object: ApiObject) => !mayMove || !movesByItself(object);
  try {
    return await ports.clusterObjects.readSettled(at, isSettled, signal);
  } catch (error) {
    if (error instanceof SluiceError && ['OBJECT_NOT_FOUND', 'CLUSTER_UNREACHABLE'].includes(error.code))
      return undefined;
    throw error;
  }
}

/** Controllers add fields of their own at once, so only what was planned counts. */
function readBack(
  { at, changes }: PlannedChange,
  written: ApiObject | undefined,
  now: ApiObject | undefined,
): Omit<Outcome, 'changed'> {
  const what = objectText(at);
  if (!now) return { effective: 'pending', reason: `${what} was written, and could not be read back` };
  const lost = differences(written, now)
    .map(({ path }) => path)
    .filter((path) => changes.some((planned) => path.startsWith(planned.path)));
  if (lost.length > 0)
    return {
      effective: 'pending',
      reason: `${what} was written, and somebody has changed ${lost.slice(0, 5).join(', ')} since`,
    };
  const state = workloadState(now);
  if (state === undefined || state.state === 'complete')
    return {
      effective: 'proved',
      reason: `${what} was read back as planned${state ? `: ${clause(state.message)}` : ''}`,
    };
  return {
    effective: 'pending',
    reason: `${what} was read back as planned: ${clause(state.message)}`,
    unsettled: true,
  };
}

async function afterDeletion(
  context: CommandContext,
  at: ObjectAt,
  before: ApiObject | undefined,
): Promise<Omit<Outcome, 'changed'>> {
  const what = objectText(at);
  try {
    const { uid, finalizers = [] } = metaOf(await context.ports.clusterObjects.read(at));
    if (uid !== (before && metaOf(before).uid))
      return { effective: 'pending', reason: `${what} was deleted, and somebody has created another one` };
    const why = finalizers.length > 0 ? `; its finalizers hold it: ${finalizers.join(', ')}` : '';
    return { effective: 'pending', reason: `the deletion of ${what} has begun${why}` };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.code === 'OBJECT_NOT_FOUND' || error.code === 'NAMESPACE_NOT_FOUND'
      ? { effective: 'proved', reason: `${what} does not exist any more` }
      : { effective: 'pending', reason: `${what} was deleted, and could not be read back: ${clause(error.message)}` };
  }
}

/** A sentence as a part of a reason, which ends without a full stop. */
function clause(sentence: string): string {
  const text = sentence.replace(/\.$/, '');
  return /^(It|Its|The|All) /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
