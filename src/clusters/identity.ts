import { z } from 'zod';
import type { ClusterClient } from '../adapters/kubernetes/cluster-client.ts';
import { NAMESPACE } from '../adapters/kubernetes/kinds.ts';
import { SluiceError } from '../domain/errors.ts';

const Namespace = z.object({ metadata: z.object({ uid: z.string().min(1) }) });

/**
 * Reads the UID of the namespace kube-system. Every cluster has one, it never changes, and no two clusters share it.
 * Names of contexts and addresses of API servers have none of these properties. Errors: CLUSTER_UNREACHABLE, FORBIDDEN.
 */
export async function readIdentity(client: ClusterClient): Promise<string> {
  try {
    return Namespace.parse(await client.get({ kind: NAMESPACE, name: 'kube-system' })).metadata.uid;
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'FORBIDDEN')) throw error;
    throw new SluiceError('FORBIDDEN', `The identity of the cluster cannot be read: ${error.message}`, {
      next: 'Grant the account `get` on the namespace kube-system: bind the ClusterRole sluice-identity of deploy/rbac.yaml with a ClusterRoleBinding.',
      cause: error,
    });
  }
}
