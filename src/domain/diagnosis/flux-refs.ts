import { metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import type { ObjectRef } from './facts.ts';
import { groupOfKind } from './kinds.ts';
import { groupOf } from './rule.ts';

/** The source that an object of Flux takes from: for a HelmRelease its chart, and for the chart its repository. */
export function sourceRefOf(object: ApiObject): ObjectRef | undefined {
  if (object['kind'] === 'HelmRelease') return chartOf(object);
  const ref = recordAt(object, 'spec', 'sourceRef');
  return Object.keys(ref).length === 0 ? undefined : refIn(object, ref);
}

function chartOf(release: ApiObject): ObjectRef | undefined {
  const chart = recordAt(release, 'spec', 'chartRef');
  if (Object.keys(chart).length > 0) return refIn(release, chart);
  // helm-controller makes the HelmChart, and writes where it is.
  const [namespace, name] = (textAt(release, 'status', 'helmChart') ?? '').split('/');
  if (namespace && name) return { kind: 'HelmChart', group: groupOfKind('HelmChart'), namespace, name };
  const source = recordAt(release, 'spec', 'chart', 'spec', 'sourceRef');
  return Object.keys(source).length === 0 ? undefined : refIn(release, source);
}

function refIn(object: ApiObject, ref: ApiObject): ObjectRef {
  const kind = textAt(ref, 'kind') ?? '';
  return {
    kind,
    group: groupOfKind(kind) || groupOf({ apiVersion: ref['apiVersion'] }),
    namespace: textAt(ref, 'namespace') ?? metaOf(object).namespace,
    name: textAt(ref, 'name') ?? '',
  };
}

/** What has to be ready before. Objects depend on others of their own kind. */
export function dependenciesOf(object: ApiObject): readonly ObjectRef[] {
  return recordsAt(object, 'spec', 'dependsOn').map((one) => ({
    kind: String(object['kind']),
    group: groupOf(object),
    namespace: textAt(one, 'namespace') ?? metaOf(object).namespace,
    name: textAt(one, 'name') ?? '',
  }));
}

const MANAGERS = [
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
  ['helm.toolkit.fluxcd.io', 'HelmRelease'],
] as const;

/** The Kustomization or HelmRelease that applies an object. */
export function fluxManagersOf(object: ApiObject): readonly ObjectRef[] {
  const { labels = {} } = metaOf(object);
  return MANAGERS.flatMap(([group, kind]) => {
    const [name, namespace] = [labels[`${group}/name`], labels[`${group}/namespace`]];
    return name === undefined || namespace === undefined ? [] : [{ kind, group, namespace, name }];
  });
}

/** An entry of an inventory: `<namespace>_<name>_<group>_<kind>`. */
export function inventoryRef(id: string): ObjectRef | undefined {
  const [namespace, name, group, kind, ...rest] = id.split('_');
  if (name === undefined || group === undefined || !kind || rest.length > 0) return undefined;
  return { kind, group, name, ...(namespace ? { namespace } : {}) };
}
