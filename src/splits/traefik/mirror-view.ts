import type { MirrorStatus, MirrorView } from '../../ports/middlewares.ts';
import type { TrafficRef } from '../../ports/split.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { leadsTo, listIngressRoutes, mirrorName } from './ingress-routes.ts';
import type { IngressRoute, Route } from './ingress-routes.ts';
import type { World } from './middleware-view.ts';
import { readMirrorObject } from './mirror-object.ts';
import { methodsOf } from './mirror-rules.ts';
import { namesOf, servedRouter, servedService, whyDisabled } from './replica-api.ts';
import type { Replica } from './replicas.ts';

/** A rule of an IngressRoute with its index. */
interface Placed {
  readonly ingressRoute: string;
  readonly index: number;
  readonly route: Route;
}

/**
 * The mirror as the API server and every replica have it now. `gone`: removed rules that are looked for on the replicas
 * too.
 */
export async function mirrorViewOf(world: World, gone: readonly Placed[] = []): Promise<MirrorView> {
  const { client, ref, replicas } = world;
  const [object, ingressRoutes] = await Promise.all([
    readMirrorObject(client, ref),
    listIngressRoutes(client, ref.namespace),
  ]);
  const placed = placedRules(ingressRoutes, ref);
  const mirror = object?.spec.mirroring;
  const first = mirror?.mirrors[0];
  const [rule] = placed;
  return {
    ref,
    ...(first && { service: first.name, percent: first.percent }),
    ...(rule && { methods: methodsOf(rule.route) }),
    ...(mirror?.maxBodySize !== undefined && { maxBodySize: mirror.maxBodySize }),
    rules: placed.map(({ route }) => route.match),
    replicas: await Promise.all(
      replicas.map((replica) =>
        statusOn(replica, ref, [
          ...placed,
          ...gone.filter(({ route }) => !placed.some((one) => one.route.match === route.match)),
        ]),
      ),
    ),
  };
}

/** The rules that lead to the mirror. */
export function placedRules(ingressRoutes: readonly IngressRoute[], ref: TrafficRef): readonly Placed[] {
  return ingressRoutes.flatMap((object) =>
    object.spec.routes.flatMap((route, index) =>
      leadsTo(object, route, ref) && route.services.some(({ name }) => name === mirrorName(ref.name))
        ? [{ ingressRoute: object.metadata.name, index, route }]
        : [],
    ),
  );
}

async function statusOn(replica: Replica, ref: TrafficRef, rules: readonly Placed[]): Promise<MirrorStatus> {
  try {
    const names = namesOf(ref.namespace, mirrorName(ref.name));
    const served = await servedService(replica, names);
    const [first] = served?.mirroring?.mirrors ?? [];
    const child = first && (await servedService(replica, [first.name]));
    const why = served && (whyDisabled(mirrorName(ref.name), served) ?? (first && whyDisabled(first.name, child)));
    const found = await Promise.all(
      rules.map(async ({ ingressRoute, index, route }) => {
        const router = await servedRouter(replica, {
          namespace: ref.namespace,
          ingressRoute,
          index,
          match: route.match,
        });
        const leads =
          router &&
          !whyDisabled(ingressRoute, router) &&
          router.rule === route.match &&
          names.includes((router.service ?? '').replace(/@kubernetescrd$/, ''));
        return leads ? [route.match] : [];
      }),
    );
    return {
      replica: replica.name,
      ...(first && { percent: first.percent, service: first.name }),
      rules: found.flat(),
      ...(why !== undefined && { error: why }),
    };
  } catch (error) {
    return {
      replica: replica.name,
      rules: [],
      error: plainLine(error instanceof Error ? error.message : String(error)),
    };
  }
}
