import { fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { referenceTo, referredBy } from '../../domain/cluster-objects/references.ts';
import type { Owner } from '../../domain/release/target.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';
import { refuseOwned } from '../owned.ts';
import type { Draft } from './draft.ts';
import { isNamespace, objectText } from './located.ts';
import { ownerChain } from './owner-chain.ts';

/**
 * The kinds that releases mark. A mark on another kind is a copy: Argo and Kubernetes copy annotations of a Rollout or
 * a Deployment to its ReplicaSets, and the copy stays after the end of the release.
 */
const MARKED: readonly string[] = ['rollouts.argoproj.io', 'traefikservices.traefik.io', 'deployments.apps'];
/** The kinds that a marked object depends on by name. */
const NAMED: readonly string[] = ['services', 'deployments.apps'];
const READ = 500;

/**
 * A release owns what carries its mark, what belongs to such an object, what such an object names, and so also what
 * would be deleted with a namespace or a kind. Errors: OWNED_BY_OTHER, and those of the port.
 */
export async function refuseReleases(context: CommandContext, draft: Draft): Promise<void> {
  const { at, before } = draft;
  if (!before) return;
  refuseOwned(await markOf(context, at.kind, before), objectText(at));
  for (const { object, kind, name, apiKind } of await ownerChain(context, at, before))
    refuseOwned(
      object && apiKind && (await markOf(context, apiKind, object)),
      `${objectText(at)} is a part of ${kind} ${name}, which`,
    );
  if (NAMED.includes(fullName(at.kind))) await refuseNamed(context, at, before);
  if (draft.write.how === 'delete') await refuseContained(context, at);
}

async function markOf({ ports }: CommandContext, kind: ApiKind, object: ApiObject): Promise<Owner | undefined> {
  return MARKED.includes(fullName(kind)) ? ports.clusterObjects.releaseOwner(object) : undefined;
}

async function refuseNamed(context: CommandContext, at: ObjectAt, object: ApiObject): Promise<void> {
  const target = referredBy(object);
  for (const { item, owner } of await markedIn(context, at.cluster, at.namespace))
    if (referenceTo({ ...target, ofPods: false, labels: {} }, item) !== undefined)
      refuseOwned(owner, `${objectText(at)} is used by ${textOf(item)}, which`);
}

async function refuseContained(context: CommandContext, at: ObjectAt): Promise<void> {
  const isKind = fullName(at.kind) === 'customresourcedefinitions.apiextensions.k8s.io';
  if (!isKind && !isNamespace(at.kind)) return;
  const items = isKind
    ? await markedIn(context, at.cluster, undefined, [at.name])
    : await markedIn(context, at.cluster, at.name);
  for (const { item, owner } of items) refuseOwned(owner, `${objectText(at)} contains ${textOf(item)}, which`);
}

interface Marked {
  readonly item: ApiObject;
  readonly owner: Owner;
}

/** The objects with a mark of a release. */
async function markedIn(
  { ports: { clusterObjects } }: CommandContext,
  cluster: string,
  namespace: string | undefined,
  names: readonly string[] = MARKED,
): Promise<readonly Marked[]> {
  const kinds = (await clusterObjects.kinds(cluster)).filter(
    (kind) => kind.preferred && names.includes(fullName(kind)),
  );
  const lists = await Promise.all(kinds.map((kind) => allOf(kind)));
  const seen = lists.flat().map(async (item) => ({ item, owner: await clusterObjects.releaseOwner(item) }));
  return (await Promise.all(seen)).flatMap(({ item, owner }) => (owner ? [{ item, owner }] : []));

  async function allOf(kind: ApiKind): Promise<readonly ApiObject[]> {
    const items: ApiObject[] = [];
    let from: string | undefined;
    do {
      const page = await clusterObjects.page({ cluster, kind, namespace }, { limit: READ, continue: from });
      items.push(...page.items);
      from = page.next;
    } while (from !== undefined);
    return items;
  }
}

function textOf(item: ApiObject): string {
  const { namespace = '', name } = metaOf(item);
  return `${String(item['kind'])} ${namespace}/${name}`;
}
