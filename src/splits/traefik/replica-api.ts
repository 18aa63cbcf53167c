import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CRD_PROVIDER, traefikName } from '../../domain/route/names.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { UnknownToTraefik } from './replicas.ts';
import type { Replica } from './replicas.ts';

// This file reads objects of the CRD provider from one replica's own API. Traefik has two ways to name them: flattened,
// its default, and "safe". The API does not report which one is in use, so both names are tried in turn. Source:
// traefik v3.7, pkg/provider/kubernetes/crd/name_builder.go and pkg/api/handler_http.go.

const Service = z.object({
  status: z.string().optional(),
  error: z.array(z.string()).optional(),
  middlewares: z.array(z.string()).default([]),
  weighted: z.object({ services: z.array(z.object({ name: z.string() })).default([]) }).optional(),
  mirroring: z
    .object({
      service: z.string().optional(),
      mirrorBody: z.boolean().optional(),
      maxBodySize: z.number().optional(),
      mirrors: z.array(z.object({ name: z.string(), percent: z.number().default(0) })).default([]),
    })
    .optional(),
});
const Middleware = z.looseObject({ status: z.string().optional(), error: z.array(z.string()).optional() });
const Router = z.object({
  status: z.string().optional(),
  error: z.array(z.string()).optional(),
  middlewares: z.array(z.string()).default([]),
  service: z.string().optional(),
  rule: z.string().optional(),
});
const Version = z.object({ Version: z.string() });

export type ServedService = z.infer<typeof Service>;
export type ServedMiddleware = z.infer<typeof Middleware>;
export type ServedRouter = z.infer<typeof Router>;

const bare = (name: string) => name.replace(new RegExp(`${CRD_PROVIDER}$`), '');

/** Both names of a TraefikService or Middleware. */
export const namesOf = (namespace: string, name: string): readonly string[] => [
  traefikName(namespace, name),
  `${namespace}_${name}`,
];

/** Whether a list of a replica's API contains the object. */
export function listed(names: readonly string[], namespace: string, name: string): boolean {
  return names.some((one) => namesOf(namespace, name).includes(bare(one)));
}

/** Undefined if the replica has no such object. Throws an error with a readable reason when it does not answer. */
export async function servedService(replica: Replica, names: readonly string[]): Promise<ServedService | undefined> {
  return firstKnown(replica, 'services', names, Service);
}

export async function servedMiddleware(
  replica: Replica,
  namespace: string,
  name: string,
): Promise<ServedMiddleware | undefined> {
  return firstKnown(replica, 'middlewares', namesOf(namespace, name), Middleware);
}

/** The router of rule number `index` of an IngressRoute. */
export async function servedRouter(
  replica: Replica,
  at: { namespace: string; ingressRoute: string; index: number; match: string },
): Promise<ServedRouter | undefined> {
  const hash = createHash('sha256').update(at.match).digest('hex').slice(0, 20);
  return firstKnown(
    replica,
    'routers',
    [traefikName(at.namespace, `${at.ingressRoute}-${hash}`), `${at.namespace}_${at.ingressRoute}_${at.index}`],
    Router,
  );
}

/** The replica's version, such as 3.7.15. */
export async function versionOf(replica: Replica): Promise<string> {
  return Version.parse(JSON.parse(await replica.get('/api/version'))).Version;
}

async function firstKnown<S extends z.ZodType>(
  replica: Replica,
  kind: string,
  names: readonly string[],
  schema: S,
): Promise<z.output<S> | undefined> {
  for (const name of names) {
    const body = await unlessUnknown(replica.get(`/api/http/${kind}/${encodeURIComponent(bare(name) + CRD_PROVIDER)}`));
    if (body !== undefined) return schema.parse(JSON.parse(body));
  }
  return undefined;
}

/** A replica reports a missing object as an error. Here it is a result. */
async function unlessUnknown(answer: Promise<string>): Promise<string | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnknownToTraefik) return undefined;
    throw error;
  }
}

/** Why an object is not in use, from its status. Undefined if it is in use. */
export function whyDisabled(
  what: string,
  served: { readonly status?: string | undefined; readonly error?: readonly string[] | undefined } | undefined,
): string | undefined {
  if (!served) return `${what} is not loaded`;
  if (served.error?.length || (served.status ?? 'enabled') !== 'enabled')
    return plainLine(`${what} is ${served.status ?? 'in error'}: ${served.error?.join('; ') ?? ''}`);
  return undefined;
}
