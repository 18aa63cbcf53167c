import { missingRight, type NeededRight } from '../../domain/cluster-objects/missing-right.ts';
import type { CommandContext } from '../command.ts';

export type { NeededRight };

/** Errors: FORBIDDEN with the missing right. */
export async function requireRight({ ports }: Pick<CommandContext, 'ports'>, right: NeededRight): Promise<void> {
  const { cluster, kind, namespace, verb, subresource } = right;
  const wanted = { group: kind.group, resource: kind.plural, namespace, verb };
  if (await ports.clusterObjects.allowed(cluster, { ...wanted, ...(subresource !== undefined && { subresource }) }))
    return;
  throw missingRight(right);
}
