import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient } from './cluster-client.ts';
import { describe, FIELD_MANAGER } from './kinds.ts';
import type { ObjectRef } from './kinds.ts';

/**
 * When the answer was lost, this distinguishes our own object from one that another client created at the same time.
 */
const CREATION = 'sluice.dev/creation';
/**
 * No object has this version. With it, server-side apply creates a missing object and conflicts with an existing one.
 * Tried with API server 1.34.
 */
export const NO_VERSION = '1';
const ATTEMPTS = 4;
const PAUSE_MS = 200;

interface Manifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const Marked = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }) });

/**
 * Whether the API server would accept the object. Errors: MANIFEST_REFUSED, ALREADY_EXISTS, and those of the client.
 */
export async function tryCreate(client: ClusterClient, ref: ObjectRef, manifest: Manifest): Promise<void> {
  try {
    await client.apply(ref, withVersion(manifest), { fieldManager: FIELD_MANAGER, dryRun: true });
  } catch (error) {
    throw existing(error, ref);
  }
}

/**
 * Creates the object by server-side apply, and never changes an existing one. It is safe when an answer is lost.
 * Errors: as `tryCreate`.
 */
export async function create(client: ClusterClient, ref: ObjectRef, manifest: Manifest): Promise<void> {
  const mark = randomUUID();
  const marked = withVersion({
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, [CREATION]: mark } },
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await client.apply(ref, marked, { fieldManager: FIELD_MANAGER }));
    } catch (error) {
      if (attempt > 1 && isCode(error, 'CONFLICT') && (await isOurs(client, ref, mark))) return;
      if (!isCode(error, 'CLUSTER_UNREACHABLE') || attempt === ATTEMPTS) throw existing(error, ref);
    }
    await sleep(PAUSE_MS);
  }
}

const withVersion = (manifest: Manifest): object => ({
  ...manifest,
  metadata: { ...manifest.metadata, resourceVersion: NO_VERSION },
});

const isCode = (error: unknown, code: string): boolean => error instanceof SluiceError && error.code === code;

async function isOurs(client: ClusterClient, ref: ObjectRef, mark: string): Promise<boolean> {
  return Marked.safeParse(await client.get(ref)).data?.metadata.annotations?.[CREATION] === mark;
}

function existing(error: unknown, ref: ObjectRef): unknown {
  if (!isCode(error, 'CONFLICT') && !isCode(error, 'FIELD_CONFLICT')) return error;
  return new SluiceError('ALREADY_EXISTS', `${describe(ref)} exists already; it was left as it is.`, { cause: error });
}
