import { randomUUID } from 'node:crypto';
import { textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { conditionsOf } from '../../domain/flux/flux-state.ts';
import { REQUESTED_AT, requestState } from '../../domain/flux/request.ts';
import { isSuspended } from '../../domain/flux/suspension.ts';
import type { ClusterObjectsPort, ObjectAt } from '../../ports/cluster-objects.ts';

export type Wait = <T>(look: () => Promise<T | undefined>) => Promise<T>;

/** The kinds of Flux that a release reads. */
const GROUPS = {
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  GitRepository: 'source.toolkit.fluxcd.io',
  HelmRelease: 'helm.toolkit.fluxcd.io',
} as const;

/** Where an object of Flux is. Errors: CRD_MISSING. */
export async function fluxObject(
  objects: ClusterObjectsPort,
  kind: keyof typeof GROUPS,
  at: { readonly cluster: string; readonly namespace: string; readonly name: string },
): Promise<ObjectAt> {
  const all = (await objects.kinds(at.cluster)).filter((one) => one.kind === kind && one.group === GROUPS[kind]);
  const found = all.find(({ preferred }) => preferred) ?? all[0];
  if (found) return { ...at, kind: found };
  throw new SluiceError('CRD_MISSING', `Cluster "${at.cluster}" serves no ${kind} of Flux.`, {
    next: 'Install Flux in the cluster, or name another cluster.',
  });
}

/**
 * Asks Flux to handle an object now, and waits until it has handled exactly this request, and `isDone` holds. Errors:
 * CONFLICT if the object is suspended, or is not ready afterwards.
 */
export async function reconciled(
  objects: ClusterObjectsPort,
  at: ObjectAt,
  wait: Wait,
  isDone: (object: ApiObject, isReady: boolean) => Promise<boolean> | boolean = (_, isReady) => isReady,
): Promise<ApiObject> {
  const token = await requested(objects, at, wait);
  return wait(async () => {
    const object = await objects.read(at);
    if (textAt(object, 'metadata', 'annotations', REQUESTED_AT) !== token) throw unready(at, 'was asked by others');
    const { state, what } = requestState(object, token);
    if (await isDone(object, state === 'ready')) return object;
    // A failed check of health is no failed application: a Rollout in the middle of a release is not healthy.
    if (state === 'failed' && readyReason(object) !== 'HealthCheckFailed') throw unready(at, what);
    return undefined;
  });
}

/** Writes the request, and returns its value. */
function requested(objects: ClusterObjectsPort, at: ObjectAt, wait: Wait): Promise<string> {
  return wait(async () => {
    const before = await objects.read(at);
    if (isSuspended(before)) throw unready(at, 'is suspended, so Flux does not apply the commit: resume it');
    const token = `${new Date().toISOString()}-${randomUUID().slice(0, 8)}`;
    const patch = { metadata: { annotations: { [REQUESTED_AT]: token } } };
    try {
      await objects.write(at, before, { how: 'merge', patch }, false);
      return token;
    } catch (error) {
      // Its controller wrote the status meanwhile.
      if (error instanceof SluiceError && error.code === 'CONFLICT') return undefined;
      throw error;
    }
  });
}

export function readyReason(object: ApiObject): string | undefined {
  return conditionsOf(object).find(({ type }) => type === 'Ready')?.reason;
}

function unready({ kind, namespace, name }: ObjectAt, what: string): SluiceError {
  return new SluiceError('CONFLICT', `${kind.kind} ${namespace}/${name} ${what}.`);
}
