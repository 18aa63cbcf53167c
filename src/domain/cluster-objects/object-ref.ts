import { metaOf, textAt, type ApiObject } from './api-object.ts';

/** One object, by the kind and group of its API. Without `namespace` it is cluster-scoped. */
export interface ObjectRef {
  readonly kind: string;
  /** Empty for the core API. */
  readonly group: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function refOf(object: ApiObject): ObjectRef {
  const { namespace, name } = metaOf(object);
  return { kind: String(object['kind']), group: groupOf(object), name, ...(namespace ? { namespace } : {}) };
}

export function groupOf(object: ApiObject): string {
  const [group = '', version] = (textAt(object, 'apiVersion') ?? '').split('/');
  return version === undefined ? '' : group;
}

/** "Deployment shop/web". */
export function refTitle({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

export function titleOf(object: ApiObject): string {
  return refTitle(refOf(object));
}
