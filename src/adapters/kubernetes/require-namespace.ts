import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient } from './cluster-client.ts';
import { NAMESPACE } from './kinds.ts';

/**
 * For an empty list, which the API server answers for a namespace that is not there, too. An account that may not read
 * namespaces is not told. Errors: NAMESPACE_NOT_FOUND.
 */
export async function requireNamespace(client: ClusterClient, name: string): Promise<void> {
  try {
    await client.get({ kind: NAMESPACE, name });
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'FORBIDDEN')) throw error;
  }
}
