import { SluiceError } from '../../domain/errors.ts';
import { plural } from '../../domain/plural.ts';
import type { Owner } from '../../domain/release/target.ts';
import type { MirrorView } from '../../ports/middlewares.ts';
import type { ArmServices, Copying, TrafficRef } from '../../ports/split.ts';
import type { Refusal } from '../../ports/workload.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { fence } from '../../adapters/kubernetes/owner.ts';
import { listIngressRoutes, mirrorName } from './ingress-routes.ts';
import { readAttachable, type World } from './middleware-view.ts';
import { missing, notLoaded } from './mirror.ts';
import { mirrorSpec } from './mirror-object.ts';
import { mirrorViewOf, placedRules } from './mirror-view.ts';
import { until } from './settle.ts';
import {
  applyCopyRoute,
  applyCopyService,
  copyRoutes,
  mirrorOf,
  removeCopyRoutes,
  removeCopyService,
} from './copy-objects.ts';
import { rival, split } from './mirror-rules.ts';
import { refOf } from './traefik-service.ts';

/** As SplitPort.uncopied. */
export async function uncopied(
  client: ClusterClient,
  ref: TrafficRef,
): Promise<{ readonly detail: string; readonly next: string } | undefined> {
  const [mirror, ingressRoutes] = await Promise.all([mirrorOf(client, ref), listIngressRoutes(client, ref.namespace)]);
  if (mirror !== 'none')
    return {
      detail: `TraefikService ${mirrorName(ref.name)} exists: the route has a mirror already`,
      next: 'Switch it off: traefik_enable_traffic_mirroring with mirror_percent 0.',
    };
  const leading = ingressRoutes.flatMap((object) =>
    split(object, ref).leading.map(({ route }) => ({ route, name: object.metadata.name })),
  );
  if (leading.length === 0)
    return {
      detail: `no IngressRoute in ${ref.namespace} leads to TraefikService ${ref.name}`,
      next: 'Choose another strategy: requests are copied by rules of IngressRoutes in the namespace of the route.',
    };
  const shared = leading.find(({ route }) => route.services.length > 1);
  if (shared)
    return {
      detail: `a rule of IngressRoute ${shared.name} shares its requests between ${ref.name} and other services`,
      next: `Let the rule lead to ${ref.name} alone.`,
    };
  const met = rival(ingressRoutes, ref);
  return met === undefined ? undefined : { detail: met, next: 'Give one of the rules another priority.' };
}

/**
 * As SplitPort.copyReads: rules of their own for the reading methods lead to a mirror of the whole route. Each has one
 * priority more than the rule beside it. They come when every replica has the mirror, because a rule that leads to an
 * unknown service answers 404.
 */
export async function copyReads(
  world: World,
  { candidate }: ArmServices,
  percent: number,
  owner: Owner,
): Promise<Copying | Refusal> {
  const { client, ref } = world;
  const refused = await lost(world, owner);
  if (refused) return refused;
  const desired = { service: candidate, percent, methods: 'safe', takeOver: false } as const;
  if ((await mirrorOf(client, ref)) === 'other')
    throw new SluiceError('ALREADY_EXISTS', `TraefikService ${ref.namespace}/${mirrorName(ref.name)} exists already.`);
  const spec = await mirrorSpec(client, ref, await readAttachable(client, ref), desired);
  if (typeof spec === 'string') throw new SluiceError('CONFLICT', `Nothing is copied: ${spec}.`);
  await applyCopyService(client, ref, spec);
  const late = await notLoaded(world);
  if (late !== undefined) return { inForce: false, detail: late };
  const routes = copyRoutes(await listIngressRoutes(client, ref.namespace), ref);
  for (const route of routes) await applyCopyRoute(client, route);
  // The objects of a mirror have no mark. An act that has stalled meanwhile takes back what it wrote too late.
  const lostMark = await lost(world, owner);
  if (lostMark) {
    await end(world);
    return lostMark;
  }
  const hole = missing(await mirrorViewOf(world), desired);
  return {
    inForce: hole === undefined,
    detail: hole ?? `reads are copied by ${plural(routes.length, 'IngressRoute')}`,
  };
}

/** As SplitPort.stopCopies. */
export async function stopCopies(world: World, owner: Owner): Promise<Copying | Refusal> {
  return (await lost(world, owner)) ?? end(world);
}

/** First the rules. The mirror goes when no replica has them any more. */
async function end(world: World): Promise<Copying> {
  const { client, ref } = world;
  const expected = copyRoutes(await listIngressRoutes(client, ref.namespace), ref).map(({ object }) => object);
  const gone = placedRules(expected, ref);
  await removeCopyRoutes(client, ref);
  const ruleless = await until(
    () => mirrorViewOf(world, gone),
    (view) => ruleStays(view) === undefined,
  );
  const stays = ruleStays(ruleless);
  if (stays !== undefined) return { inForce: true, detail: stays };
  if ((await mirrorOf(client, ref)) === 'copies') await removeCopyService(client, ref);
  return { inForce: false, detail: 'nothing is copied any more' };
}

/** A replica that does not answer may have them still. */
function ruleStays({ replicas }: MirrorView): string | undefined {
  const still = replicas.find(({ rules, error, service }) => rules.length > 0 || (error && service === undefined));
  return still && `Traefik ${still.replica} ${still.error ?? 'still has the rules of the copies'}`;
}

/** Why the run of `owner` may not write. It raises the epoch of the mark, so that no earlier act writes any more. */
async function lost({ client, ref }: World, owner: Owner): Promise<Refusal | undefined> {
  const passed = await fence(client, refOf(ref), owner);
  return 'refused' in passed ? passed : undefined;
}
