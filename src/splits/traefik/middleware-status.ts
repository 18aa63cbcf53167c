import { goDurationMs } from '../../domain/go-duration.ts';
import type { MiddlewareStatus } from '../../ports/middlewares.ts';
import type { TrafficRef } from '../../ports/split.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { AttachableService } from './attachments.ts';
import { leadsTo } from './ingress-routes.ts';
import type { IngressRoute } from './ingress-routes.ts';
import { listed, namesOf, servedMiddleware, servedRouter, servedService, whyDisabled } from './replica-api.ts';
import type { ServedMiddleware } from './replica-api.ts';
import type { Replica } from './replicas.ts';

export interface Written {
  readonly service: AttachableService;
  readonly ingressRoutes: readonly IngressRoute[];
  /** Spec of the Middleware. Absent if there is none. */
  readonly spec: Readonly<Record<string, unknown>> | undefined;
}

/** The state of a middleware around the route in one replica. A failure is a text in the result, never an exception. */
export async function statusOn(
  replica: Replica,
  ref: TrafficRef,
  name: string,
  written: Written,
): Promise<MiddlewareStatus> {
  try {
    const served = await servedMiddleware(replica, ref.namespace, name);
    const why = whyDisabled(`middleware ${name}`, served) ?? outdated(name, served, written.spec);
    const usedBy = [...(await services(replica, ref, name, written)), ...(await rules(replica, ref, name, written))];
    return {
      replica: replica.name,
      loaded: !why,
      usedBy,
      ...(why !== undefined && served !== undefined && { error: why }),
    };
  } catch (error) {
    return {
      replica: replica.name,
      loaded: false,
      usedBy: [],
      error: plainLine(error instanceof Error ? error.message : String(error)),
    };
  }
}

/** Traefik adds its defaults to what is written, and formats durations in its own way. */
function outdated(name: string, served: ServedMiddleware | undefined, spec: Written['spec']): string | undefined {
  const differs = Object.entries(spec ?? {}).some(([type, settings]) => !holds(served?.[type], settings));
  return differs ? `middleware ${name} still has other settings` : undefined;
}

function holds(served: unknown, written: unknown): boolean {
  if (typeof written === 'object' && written !== null)
    return Object.entries(written).every(([key, value]) =>
      holds((served as Record<string, unknown> | undefined)?.[key], value),
    );
  return (
    served === written ||
    (typeof served === 'string' &&
      typeof written === 'string' &&
      goDurationMs(served) !== undefined &&
      goDurationMs(served) === goDurationMs(written))
  );
}

/** Children are found by their index in the list, because their names depend on Traefik's naming. */
async function services(replica: Replica, ref: TrafficRef, name: string, { service }: Written): Promise<string[]> {
  const children = (await servedService(replica, namesOf(ref.namespace, ref.name)))?.weighted?.services ?? [];
  const found = (service.spec.weighted?.services ?? []).map(async (entry, index) => {
    const child = children[index];
    const served = child && (await servedService(replica, [child.name]));
    return served && !whyDisabled(child.name, served) && listed(served.middlewares, ref.namespace, name)
      ? [`Service ${entry.name}`]
      : [];
  });
  return (await Promise.all(found)).flat();
}

async function rules(replica: Replica, ref: TrafficRef, name: string, { ingressRoutes }: Written): Promise<string[]> {
  const found = ingressRoutes.flatMap((object) =>
    object.spec.routes.map(async (route, index) => {
      if (!leadsTo(object, route, ref)) return [];
      const served = await servedRouter(replica, {
        namespace: object.metadata.namespace,
        ingressRoute: object.metadata.name,
        index,
        match: route.match,
      });
      return served && !whyDisabled(object.metadata.name, served) && listed(served.middlewares, ref.namespace, name)
        ? [`IngressRoute ${object.metadata.name} rule ${index + 1}`]
        : [];
    }),
  );
  return (await Promise.all(found)).flat();
}

/** The first Traefik version that reads middlewares of single Services. */
const MIN_VERSION = [3, 7] as const;

/** Why a replica may not read middlewares of single Services. Undefined when it does. */
export function tooOld(version: string): string | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined || minor === undefined)
    return `its version "${plainLine(version, 40)}" is not one that can be compared`;
  const old = Number(major) < MIN_VERSION[0] || (Number(major) === MIN_VERSION[0] && Number(minor) < MIN_VERSION[1]);
  return old
    ? `it is Traefik ${plainLine(version, 40)}, and middlewares on single Services came with ${MIN_VERSION.join('.')}`
    : undefined;
}
