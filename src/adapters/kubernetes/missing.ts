import { SluiceError } from '../../domain/errors.ts';
import { crdMissing, serverStatus } from './failure.ts';
import { describe, NAMESPACE, type ObjectRef } from './kinds.ts';
import type { ApiResponse } from './transport.ts';

/**
 * A 404 has three meanings. For an unknown kind the server answers with plain text. For a missing object it answers
 * with a Status that names it, whether or not its namespace exists, so the namespace is read as well.
 */
export async function missing(
  response: ApiResponse,
  ref: ObjectRef,
  cluster: string,
  get: (ref: ObjectRef) => Promise<ApiResponse>,
): Promise<SluiceError> {
  if (serverStatus(response).objectName === undefined) return crdMissing(ref.kind, cluster);
  const absent =
    ref.kind === NAMESPACE
      ? ref.name
      : ref.namespace && (await namespaceIsMissing(ref.namespace, get))
        ? ref.namespace
        : undefined;
  if (absent !== undefined)
    return new SluiceError('NAMESPACE_NOT_FOUND', `Cluster "${cluster}" has no namespace "${absent}".`);
  return new SluiceError(ref.kind.missing, `Cluster "${cluster}" has no ${describe(ref)}.`);
}

async function namespaceIsMissing(name: string, get: (ref: ObjectRef) => Promise<ApiResponse>): Promise<boolean> {
  try {
    return (await get({ kind: NAMESPACE, name })).status === 404;
  } catch {
    // The namespace cannot be read, so the error is the missing object, which is certain.
    return false;
  }
}
