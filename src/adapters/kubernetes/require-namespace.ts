import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient } from './cluster-client.ts';
import { NAMESPACE } from './kinds.ts';

/**
 * Call this after an empty list: the API server also returns one for a namespace that does not exist. An account that
 * may not read namespaces gets no error. Errors: NAMESPACE_NOT_FOUND.
 */
export async function requireNamespace(client: ClusterClient, name: string): Promise<void> {
  try {
    await client.get({ kind: NAMESPACE, name });
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'FORBIDDEN')) throw error;
  }
}
