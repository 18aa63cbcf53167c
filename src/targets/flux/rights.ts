import { missingRight } from '../../domain/cluster-objects/missing-right.ts';
import type { ClusterObjectsPort, ObjectAt } from '../../ports/cluster-objects.ts';

/**
 * Whether the account may ask Flux to handle these objects. A commit that nobody can follow is not made. Errors:
 * FORBIDDEN with the missing right.
 */
export async function requireRequests(objects: ClusterObjectsPort, all: readonly ObjectAt[]): Promise<void> {
  for (const { cluster, kind, namespace } of all) {
    const right = { group: kind.group, resource: kind.plural, namespace, verb: 'patch' };
    if (!(await objects.allowed(cluster, right))) throw missingRight({ cluster, kind, namespace, verb: 'patch' });
  }
}
