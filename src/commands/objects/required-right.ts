import { fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CommandContext } from '../command.ts';

export interface NeededRight {
  readonly cluster: string;
  readonly kind: Pick<ApiKind, 'group' | 'plural'>;
  readonly namespace?: string | undefined;
  readonly verb: string;
  readonly subresource?: string | undefined;
}

/** Errors: FORBIDDEN with the missing right. */
export async function requireRight({ ports }: CommandContext, right: NeededRight): Promise<void> {
  const { cluster, kind, namespace, verb, subresource } = right;
  const wanted = { group: kind.group, resource: kind.plural, namespace, verb };
  if (await ports.clusterObjects.allowed(cluster, { ...wanted, ...(subresource !== undefined && { subresource }) }))
    return;
  const resource = subresource === undefined ? fullName(kind) : `${fullName(kind)}/${subresource}`;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  throw new SluiceError('FORBIDDEN', `The account in use may not ${verb} ${resource}${where}. Nothing was changed.`, {
    details: { cluster, verb, resource, ...(namespace === undefined ? {} : { namespace }) },
  });
}
