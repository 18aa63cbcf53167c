import { isRecord, metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { apiVersionOf } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt, ObjectWrite } from '../../ports/cluster-objects.ts';
import type { ClusterClient, PatchOperation } from '../kubernetes/cluster-client.ts';
import { describe, FIELD_MANAGER, type ObjectRef } from '../kubernetes/kinds.ts';
import { NO_VERSION } from '../kubernetes/create-only.ts';
import { kindOf } from './kind-of.ts';

interface Wanted {
  readonly before: ApiObject | undefined;
  readonly write: ObjectWrite;
  readonly dryRun: boolean;
}

/** Writes one object if it is still the one that was read. The API server tests the version in each request. */
export async function writeObject(client: ClusterClient, at: ObjectAt, wanted: Wanted): Promise<ApiObject | undefined> {
  const { kind, namespace, name } = at;
  const ref: ObjectRef = { kind: kindOf(kind), name, ...(namespace !== undefined && { namespace }) };
  const after = await written(client, ref, wanted);
  return isRecord(after) ? { apiVersion: apiVersionOf(kind), kind: kind.kind, ...after } : undefined;
}

function written(client: ClusterClient, ref: ObjectRef, { before, write, dryRun }: Wanted): Promise<unknown> {
  if (write.how === 'apply') return apply(client, ref, before, write, dryRun);
  if (!before) throw new SluiceError('OBJECT_NOT_FOUND', `Cluster "${client.cluster}" has no ${describe(ref)}.`);
  const { uid = '', resourceVersion = '' } = metaOf(before);
  const options = { fieldManager: FIELD_MANAGER, dryRun };
  switch (write.how) {
    case 'delete':
      return client.remove(ref, { uid, resourceVersion }, { dryRun });
    case 'evict':
      return client.evict({ namespace: ref.namespace ?? '', name: ref.name }, { uid }, { dryRun });
    case 'merge':
      return client.mergePatch(ref, withVersion(write.patch, resourceVersion), options);
    case 'json':
      return jsonPatch(client, ref, resourceVersion, write.operations, options);
  }
}

async function apply(
  client: ClusterClient,
  ref: ObjectRef,
  before: ApiObject | undefined,
  { manifest, takeOver }: Extract<ObjectWrite, { how: 'apply' }>,
  dryRun: boolean,
): Promise<unknown> {
  const version = before ? (metaOf(before).resourceVersion ?? '') : NO_VERSION;
  const options = { fieldManager: FIELD_MANAGER, force: takeOver, dryRun };
  return client.apply(ref, withVersion(manifest, version), options);
}

async function jsonPatch(
  client: ClusterClient,
  ref: ObjectRef,
  resourceVersion: string,
  operations: readonly PatchOperation[],
  options: { readonly fieldManager: string; readonly dryRun: boolean },
): Promise<unknown> {
  const test: PatchOperation = { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion };
  const result = await client.jsonPatch(ref, [test, ...operations], options);
  if (result.applied) return result.object;
  // The API server answers the same for a failed test and for a result that is not valid.
  const now = metaOf((await client.get(ref)) as ApiObject).resourceVersion;
  const code = now === resourceVersion ? 'MANIFEST_REFUSED' : 'CONFLICT';
  throw new SluiceError(code, `The API server refuses the change of ${describe(ref)}: ${result.why}`);
}

function withVersion(object: ApiObject, resourceVersion: string): ApiObject {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  return { ...object, metadata: { ...metadata, resourceVersion } };
}
