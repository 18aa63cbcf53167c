import { z } from 'zod';
import type { ArmServices, SelfAnswering, TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { middlewareRef, readMiddleware } from './middleware-object.ts';
import { readAttachable } from './middleware-view.ts';
import { readRules, type PlacedRule } from './rules-to.ts';

/**
 * Types that may answer in place of the Service, depending on its errors or its load. Types that authenticate users
 * have no relation to a version.
 */
const TYPES = ['circuitBreaker', 'rateLimit', 'inFlightReq'] as const;

interface Placed {
  readonly namespace: string;
  readonly name: string;
  readonly place: string;
}

export async function selfAnswering(
  client: ClusterClient,
  ref: TrafficRef,
  arms: ArmServices,
): Promise<readonly SelfAnswering[]> {
  const [service, { own }] = await Promise.all([readAttachable(client, ref), readRules(client, ref)]);
  const entries = (service.spec.weighted?.services ?? []).filter(
    ({ name }) => name === arms.stable || name === arms.candidate,
  );
  const onEntries = entries.flatMap(({ name, middlewares = [] }) =>
    middlewares.map(
      (one): Placed => ({ namespace: one.namespace ?? ref.namespace, name: one.name, place: `Service ${name}` }),
    ),
  );
  const found = await Promise.all(
    [...onEntries, ...own.flatMap((rule) => onRule(rule, ref))].map((placed) => answering(client, placed, new Set())),
  );
  return found.flat();
}

function onRule({ object, route, index }: PlacedRule, ref: TrafficRef): Placed[] {
  const { name, namespace: home } = object.metadata;
  const place = `IngressRoute ${home === ref.namespace ? '' : `${home}/`}${name} rule ${index + 1}`;
  return (route.middlewares ?? []).map((one) => ({ namespace: one.namespace ?? home, name: one.name, place }));
}

/** A chain is replaced by its members. A middleware that does not exist answers nothing. */
async function answering(
  client: ClusterClient,
  { namespace, name, place }: Placed,
  seen: ReadonlySet<string>,
): Promise<SelfAnswering[]> {
  const key = `${namespace}/${name}`;
  if (seen.has(key)) return [];
  const spec = (await readMiddleware(client, middlewareRef(namespace, name)))?.spec ?? {};
  const own = TYPES.filter((type) => type in spec).map((type) => ({
    middleware: plainLine(name),
    type,
    place: plainLine(place),
  }));
  const members = membersOf(spec).map((one) =>
    answering(client, { namespace: one.namespace ?? namespace, name: one.name, place }, new Set([...seen, key])),
  );
  return [...own, ...(await Promise.all(members)).flat()];
}

const Chain = z.object({ middlewares: z.array(z.object({ name: z.string(), namespace: z.string().optional() })) });

function membersOf(
  spec: Readonly<Record<string, unknown>>,
): readonly { readonly name: string; readonly namespace?: string | undefined }[] {
  return Chain.safeParse(spec['chain']).data?.middlewares ?? [];
}
