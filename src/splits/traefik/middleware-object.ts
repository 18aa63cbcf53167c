import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { MiddlewareSpec } from '../../ports/middlewares.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { FIELD_MANAGER, MIDDLEWARE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';

const Middleware = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z.record(z.string(), z.unknown()).default({}),
});
export type MiddlewareObject = z.infer<typeof Middleware>;

export function middlewareRef(namespace: string, name: string): ObjectRef {
  return { kind: MIDDLEWARE, namespace, name };
}

export async function readMiddleware(client: ClusterClient, ref: ObjectRef): Promise<MiddlewareObject | undefined> {
  try {
    return Middleware.parse(await client.get(ref));
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'MIDDLEWARE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Server-side apply with a test of the version that was read. Errors: FIELD_CONFLICT, MANIFEST_REFUSED, CONFLICT. */
export async function applyMiddleware(
  client: ClusterClient,
  ref: ObjectRef,
  write: {
    readonly spec: MiddlewareSpec;
    readonly read: MiddlewareObject | undefined;
    readonly force: boolean;
    readonly dryRun: boolean;
  },
): Promise<Pick<MiddlewareObject, 'spec'>> {
  const metadata = {
    name: ref.name,
    namespace: ref.namespace,
    ...(write.read && { resourceVersion: write.read.metadata.resourceVersion }),
  };
  const manifest = {
    apiVersion: `${MIDDLEWARE.group}/${MIDDLEWARE.version}`,
    kind: MIDDLEWARE.name,
    metadata,
    spec: write.spec,
  };
  // In a dry run a new object has no resourceVersion.
  return Middleware.pick({ spec: true }).parse(
    await client.apply(ref, manifest, { fieldManager: FIELD_MANAGER, force: write.force, dryRun: write.dryRun }),
  );
}

/** Traefik refuses a Middleware with two types of settings, and every route that uses it. Errors: ALREADY_EXISTS. */
export function refuseOtherType(ref: ObjectRef, object: MiddlewareObject | undefined, spec: MiddlewareSpec): void {
  const other = Object.keys(object?.spec ?? {}).filter((key) => !(key in spec));
  if (other.length === 0) return;
  throw new SluiceError(
    'ALREADY_EXISTS',
    `Middleware ${ref.namespace ?? ''}/${ref.name} exists and is a ${plainLine(other.join(', '))}; it was left as it is.`,
    { next: 'Choose another middleware_name.' },
  );
}

/** Compares without regard to the order of the keys. */
export function sameSpec(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
