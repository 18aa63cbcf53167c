import { SluiceError } from '../domain/errors.ts';
import { isClosed } from '../domain/release/state.ts';
import { parseReleaseId, sameRollout } from '../domain/release/target.ts';
import type { WorkloadPort } from '../ports/workload.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { within } from './within.ts';

/** An unreachable cluster must not delay an answer of Temporal. */
const LIMIT_MS = 1_500;

/**
 * The gateway, with one target for all names of a cluster. A release id contains the context under which the release
 * was started, and the caller may use another context of the cluster. The mark on the Rollout names the running
 * release. The Rollout is read only when no release runs under the caller's own name.
 */
export function withOtherNames(gateway: ReleaseGateway, workload: Pick<WorkloadPort, 'read'>): ReleaseGateway {
  const command: ReleaseGateway['command'] = async (id, ...rest) => {
    try {
      return await gateway.command(id, ...rest);
    } catch (error) {
      const other = isGone(error) ? await otherName(workload, id) : undefined;
      if (other === undefined) throw error;
      return gateway.command(other, ...rest);
    }
  };
  const get: ReleaseGateway['get'] = async (id, runId, ...rest) => {
    const found = await gateway.get(id, runId, ...rest).catch((error: unknown) => error as Error);
    const runs = !(found instanceof Error) && !isClosed(found.state);
    const other = runs || runId !== undefined || unknown(found) ? undefined : await otherName(workload, id);
    if (other !== undefined) return gateway.get(other);
    if (found instanceof Error) throw found;
    return found;
  };
  return new Proxy(gateway, {
    get: (target, name) =>
      name === 'command' ? command : name === 'get' ? get : (Reflect.get(target, name) as unknown),
  });
}

const isGone = (error: unknown): boolean =>
  error instanceof SluiceError && (error.code === 'RELEASE_NOT_FOUND' || error.code === 'RELEASE_CLOSED');

/** An error that does not show whether the release is running. */
const unknown = (found: unknown): boolean => found instanceof Error && !isGone(found);

/** The release of the same Rollout that holds its mark under another name of the cluster. */
async function otherName(workload: Pick<WorkloadPort, 'read'>, id: string): Promise<string | undefined> {
  const target = parseReleaseId(id);
  if (!target) return undefined;
  const owner = await within(
    workload.read(target).then((rollout) => rollout.owner),
    LIMIT_MS,
  );
  return owner && owner.releaseId !== id && sameRollout(owner.releaseId, id) ? owner.releaseId : undefined;
}
