import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { Target } from '../../domain/release/target.ts';
import { POD_HASH_LABEL, type RolloutState } from '../../domain/rollout.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { ROLLOUT, SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { readReferred } from './referred.ts';
import { Rollout, Service } from './schema.ts';
import { serviceNames, toView } from './view.ts';
import type { ReferencedObjects } from './view.ts';

export function refOf(target: Target): ObjectRef {
  return { kind: ROLLOUT, namespace: target.namespace, name: target.rollout };
}

export async function readRollout(client: ClusterClient, target: Target): Promise<Rollout> {
  return parseRollout(await client.get(refOf(target)), target);
}

/** Errors: INTERNAL, if the API server answered something that is no Rollout. */
export function parseRollout(object: unknown, target: Target): Rollout {
  const parsed = Rollout.safeParse(object);
  if (parsed.success) return parsed.data;
  const message = `Rollout ${target.namespace}/${target.rollout} has an unexpected form: ${plainLine(z.prettifyError(parsed.error))}`;
  throw new SluiceError('INTERNAL', message, { cause: parsed.error });
}

export async function readView(client: ClusterClient, target: Target): Promise<RolloutState> {
  const rollout = await readRollout(client, target);
  return toView(target, rollout, await readReferencedObjects(client, target, rollout));
}

/** Reads the selectors of the Services, and the Deployment that the Rollout takes its template from. */
export async function readReferencedObjects(
  client: ClusterClient,
  target: Target,
  rollout: Rollout,
): Promise<ReferencedObjects> {
  const names = serviceNames(rollout);
  const [stable, candidate, workload] = await Promise.all([
    selectedHash(client, target, names.stable),
    selectedHash(client, target, names.candidate),
    readReferred(client, rollout),
  ]);
  return { ...(stable && { stable }), ...(candidate && { candidate }), ...(workload && { workload }) };
}

/**
 * The hash that a Service selects. A missing Service selects nothing, because a rollback must still be able to read the
 * Rollout.
 */
async function selectedHash(
  client: ClusterClient,
  target: Target,
  name: string | undefined,
): Promise<string | undefined> {
  if (!name) return undefined;
  try {
    const service = Service.parse(await client.get({ kind: SERVICE, namespace: target.namespace, name }));
    return service.spec.selector?.[POD_HASH_LABEL];
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'SERVICE_NOT_FOUND') return undefined;
    throw error;
  }
}
