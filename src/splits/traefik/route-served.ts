import { z } from 'zod';
import type { RouteEntry, RouteView, ServedRoute } from '../../ports/routes.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { childName, traefikName, weightedName } from '../../domain/route/names.ts';
import { UnknownToTraefik } from './replicas.ts';
import type { Replica } from './replicas.ts';
import { ApiService } from './schema.ts';

const Served = ApiService.extend({ usedBy: z.array(z.string()).default([]) });
type Served = z.infer<typeof Served>;

/** GET /api/http/routers/<name>. Source: traefik v3, pkg/api/handler_http.go. */
const Router = z.object({
  status: z.string().optional(),
  rule: z.string().default(''),
  error: z.array(z.string()).optional(),
});
type Router = z.infer<typeof Router>;

type Route = Pick<RouteView, 'ref' | 'entries'>;

/** What one replica serves for a route. A failure is a text in the result, never an exception. */
export async function servedBy(replica: Replica, route: Route): Promise<ServedRoute> {
  try {
    const { answer, names } = await ask(replica, route);
    if (answer.error?.length || answer.status !== 'enabled')
      return {
        replica: replica.name,
        error: plainLine(`the service is ${answer.status ?? 'without status'}: ${answer.error?.join('; ') ?? ''}`),
      };
    const weights = weightsOf(answer, names);
    const routers = (await Promise.all(answer.usedBy.map((router) => readRouter(replica, router)))).flatMap(
      (router) => router ?? [],
    );
    const broken = routers
      .filter(({ status }) => status !== 'enabled')
      .map(({ status, error }) => plainLine(`its router is ${status ?? 'without status'}: ${error?.join('; ') ?? ''}`));
    const rules = routers.filter(({ status }) => status === 'enabled').map(({ rule }) => rule);
    return { replica: replica.name, weights, rules, ...(broken[0] !== undefined && { error: broken[0] }) };
  } catch (error) {
    if (error instanceof UnknownToTraefik) return { replica: replica.name, unknown: true };
    return { replica: replica.name, error: plainLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** The rules of the routers that lead to the TraefikService at one replica. None if that does not know it. */
export async function servedRules(replica: Replica, ref: Route['ref']): Promise<readonly string[]> {
  try {
    const { answer } = await ask(replica, { ref, entries: [] });
    const routers = await Promise.all(answer.usedBy.map((router) => readRouter(replica, router)));
    return routers.flatMap((router) => (router?.status === 'enabled' ? [router.rule] : []));
  } catch {
    return [];
  }
}

/**
 * Tries both of Traefik's ways to name objects: flattened, and joined by "_" (`safeNaming`, since 3.7). Source: traefik
 * v3.7, pkg/provider/kubernetes/crd/name_builder.go.
 */
async function ask(replica: Replica, { ref, entries }: Route): Promise<{ answer: Served; names?: readonly string[] }> {
  const get = async (name: string) =>
    Served.parse(JSON.parse(await replica.get(`/api/http/services/${encodeURIComponent(`${name}@kubernetescrd`)}`)));
  try {
    return {
      answer: await get(weightedName({ namespace: ref.namespace, route: ref.name }, 'flat')),
      names: entries.map((entry, index) => nameOf(ref, entry, index)),
    };
  } catch (error) {
    if (!(error instanceof UnknownToTraefik)) throw error;
    return { answer: await get(weightedName({ namespace: ref.namespace, route: ref.name }, 'safe')) };
  }
}

function nameOf({ namespace, name }: Route['ref'], entry: RouteEntry, index: number): string {
  if (entry.kind !== 'Service') return traefikName(entry.namespace ?? namespace, entry.service);
  const { service, namespace: serviceNamespace, port } = entry;
  return childName({ namespace, route: name, index, service, serviceNamespace, port }, 'flat');
}

/** Traefik keeps the order of the entries. It may still have an earlier list: then names or their number differ. */
function weightsOf({ weighted }: Served, names: readonly string[] | undefined): readonly number[] {
  const services = weighted?.services ?? [];
  const known = services.map(({ name }) => name.replace(/@kubernetescrd$/, ''));
  if (names && JSON.stringify(known) !== JSON.stringify(names))
    throw new Error(`it serves ${known.join(', ') || 'nothing'} instead of ${names.join(', ') || 'nothing'}`);
  return services.map(({ weight }) => weight);
}

/** Undefined for a router that was removed in between. */
async function readRouter(replica: Replica, router: string): Promise<Router | undefined> {
  try {
    return Router.parse(JSON.parse(await replica.get(`/api/http/routers/${encodeURIComponent(router)}`)));
  } catch (error) {
    if (error instanceof UnknownToTraefik) return undefined;
    throw error;
  }
}
