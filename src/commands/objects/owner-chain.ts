import { isRecord, metaOf, type ApiObject, type OwnerReference } from '../../domain/cluster-objects/api-object.ts';
import { apiVersionOf, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';

/** An owner of an object. Without `object` it could not be read, and `problem` says why. */
export interface ChainedOwner {
  readonly kind: string;
  readonly name: string;
  readonly object?: ApiObject;
  /** Present with `object`. */
  readonly apiKind?: ApiKind;
  readonly problem?: string;
}

const MAX_DEPTH = 6;

/** The owner of an object, the owner of that one, and so on. The first owner is the nearest. */
export async function ownerChain(
  context: CommandContext,
  at: ObjectAt,
  object: ApiObject,
): Promise<readonly ChainedOwner[]> {
  const chain: ChainedOwner[] = [];
  let from: ApiObject | undefined = object;
  while (from !== undefined && chain.length < MAX_DEPTH) {
    const references: readonly OwnerReference[] = metaOf(from).ownerReferences ?? [];
    const reference = references.find(({ controller }) => controller === true) ?? references[0];
    if (reference === undefined) break;
    const owner = await readOwner(context, at, reference);
    chain.push(owner);
    from = owner.object;
  }
  return chain;
}

async function readOwner(
  { ports }: CommandContext,
  { cluster, namespace }: ObjectAt,
  { apiVersion, kind: kindName, name, uid }: OwnerReference,
): Promise<ChainedOwner> {
  const kinds = await ports.clusterObjects.kinds(cluster);
  const kind = kinds.find((one) => one.kind === kindName && apiVersionOf(one) === apiVersion);
  if (!kind) return { kind: kindName, name, problem: `the cluster does not serve ${kindName} of ${apiVersion}` };
  try {
    const object = await ports.clusterObjects.read({ cluster, kind, name, ...(kind.namespaced ? { namespace } : {}) });
    return metaOf(object).uid === uid && isRecord(object)
      ? { kind: kindName, name, object, apiKind: kind }
      : { kind: kindName, name, problem: 'another object has its name now' };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { kind: kindName, name, problem: error.message };
  }
}
