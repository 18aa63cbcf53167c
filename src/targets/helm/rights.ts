import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { metaOf, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { missingRight, type NeededRight } from '../../domain/cluster-objects/missing-right.ts';
import type { Target } from '../../domain/release/target.ts';
import type { HelmSystems } from './records.ts';

const SECRETS = { group: '', plural: 'secrets' };

/**
 * Whether the account may do all of an upgrade. Without this Helm would notice in the middle of it. Errors: FORBIDDEN
 * with the missing right.
 */
export async function requireRights(
  { clusterObjects }: Pick<HelmSystems, 'clusterObjects'>,
  { cluster, namespace }: Target,
  present: readonly ApiObject[],
  wanted: readonly ApiObject[],
): Promise<void> {
  const kinds = await clusterObjects.kinds(cluster);
  const names = new Set(wanted.map(keyOf));
  const known = new Set(present.map(keyOf));
  const needed: readonly NeededRight[] = [
    ...['create', 'update'].map((verb) => ({ cluster, namespace, kind: SECRETS, verb })),
    ...wanted.flatMap((object) => {
      const verbs = known.has(keyOf(object)) ? ['patch'] : ['create', 'patch'];
      return verbs.flatMap((verb) => rightFor(kinds, cluster, namespace, object, verb));
    }),
    ...present
      .filter((object) => !names.has(keyOf(object)))
      .flatMap((object) => rightFor(kinds, cluster, namespace, object, 'delete')),
  ];
  const distinct = new Map(needed.map((right) => [JSON.stringify(right), right]));
  for (const right of distinct.values()) {
    const { kind, verb } = right;
    const wantedRight = { group: kind.group, resource: kind.plural, namespace: right.namespace, verb };
    if (!(await clusterObjects.allowed(cluster, wantedRight))) throw missingRight(right);
  }
}

/** None for a kind that the cluster does not serve: the plan has refused what is changed of such kinds. */
function rightFor(
  kinds: readonly ApiKind[],
  cluster: string,
  namespace: string,
  object: ApiObject,
  verb: string,
): readonly NeededRight[] {
  const [version = '', group = ''] = (textAt(object, 'apiVersion') ?? '').split('/').toReversed();
  const found = kinds.find((one) => one.kind === object['kind'] && one.group === group && one.version === version);
  if (!found) return [];
  const kind = { group, plural: found.plural };
  return [{ cluster, kind, verb, ...(found.namespaced && { namespace: metaOf(object).namespace ?? namespace }) }];
}

function keyOf(object: ApiObject): string {
  const { namespace = '', name } = metaOf(object);
  return [textAt(object, 'apiVersion'), object['kind'], namespace, name].join(' ');
}
