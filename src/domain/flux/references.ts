import { cleanText } from '../safe-text.ts';
import { isRecord, metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';

/** A Flux object that another one names. */
export interface FluxReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** What it is to the object that names it. */
  readonly as: 'source' | 'dependency' | 'provider' | 'event source' | 'target' | 'image repository';
}

export const keyOf = ({ kind, namespace, name }: Pick<FluxReference, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}/${namespace}/${name}`;

/** The key of an object itself. */
export function ownKey(object: ApiObject): string {
  const { namespace = '', name } = metaOf(object);
  return keyOf({ kind: String(object['kind']), namespace, name });
}

/** The source that an object is made from. Undefined for an object without one. */
export function sourceOf(object: ApiObject): FluxReference | undefined {
  const spec = recordAt(object, 'spec');
  return (
    reference(object, spec['sourceRef'], 'source') ??
    reference(object, spec['chartRef'], 'source') ??
    reference(object, recordAt(spec, 'chart', 'spec')['sourceRef'], 'source')
  );
}

/** The HelmChart that helm-controller has made for a release. */
export function chartOf(object: ApiObject): FluxReference | undefined {
  const [namespace, name] = (textAt(object, 'status', 'helmChart') ?? '').split('/');
  return namespace && name ? { kind: 'HelmChart', namespace, name, as: 'source' } : undefined;
}

/** Everything that an object names, except the objects that it applies. */
export function referencesOf(object: ApiObject): readonly FluxReference[] {
  const spec = recordAt(object, 'spec');
  const kind = String(object['kind']);
  const many = (list: string, as: FluxReference['as'], fallback = kind): readonly FluxReference[] =>
    recordsAt(spec, list).flatMap((one) => reference(object, { kind: fallback, ...one }, as) ?? []);
  const one = (field: string, as: FluxReference['as'], fallback: string): readonly FluxReference[] => {
    const value = spec[field];
    return isRecord(value) ? [reference(object, { kind: fallback, ...value }, as) ?? []].flat() : [];
  };
  const source = sourceOf(object);
  return [
    ...(source ? [source] : []),
    ...recordsAt(spec, 'include').flatMap(
      (included) => reference(object, { kind, ...recordAt(included, 'repository') }, 'source') ?? [],
    ),
    ...many('dependsOn', 'dependency'),
    ...one('providerRef', 'provider', 'Provider'),
    ...one('imageRepositoryRef', 'image repository', 'ImageRepository'),
    ...many('eventSources', 'event source'),
    ...many('resources', 'target'),
  ];
}

function reference(object: ApiObject, value: unknown, as: FluxReference['as']): FluxReference | undefined {
  const [kind, name] = [textAt(value, 'kind'), textAt(value, 'name')];
  if (kind === undefined || name === undefined) return undefined;
  const namespace = textAt(value, 'namespace') || (metaOf(object).namespace ?? '');
  return { kind: text(kind), name: text(name), namespace: text(namespace), as };
}

/** A reference is free text of whoever wrote the object. */
function text(value: string): string {
  return cleanText(value, 253);
}
