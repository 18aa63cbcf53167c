import { setTimeout as sleep } from 'node:timers/promises';
import { applyNamespace, clientOf, statusThrough } from '../../sandbox/apps/applications.ts';
import type { AppObject } from '../../sandbox/apps/objects.ts';
import { ApiError, type ApiClient, type KubeObject } from '../../sandbox/cluster/api-client.ts';
import { addToLoad, removeFromLoad } from '../../sandbox/load/client.ts';
import { loadHost } from '../../sandbox/load/config.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { filled, NAMESPACE, objectsOfShape, type Values } from './objects.ts';
import type { Shape } from './shape.ts';

interface Rollout extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly observedGeneration?: string;
    readonly conditions?: readonly { readonly type: string }[];
  };
}

/** Only ends what hangs: Argo needs a second or two. */
const SETTLE_MS = 60_000;

/** Tries at intervals of 200 ms, until a kind that was just defined is served. */
const SERVED_TRIES = 50;

/** Only ends what hangs: Traefik needs two seconds or three. */
const ROUTED_MS = 30_000;

/** The shapes of one sandbox, as objects of its cluster. */
export class Place {
  readonly sandbox: Sandbox;
  readonly #api: ApiClient;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.#api = clientOf(sandbox);
  }

  /**
   * Creates the objects of the shape. Resolves when Argo has come to rest with the Rollout, and
   * Traefik has its route. Either may never happen, so both waits end.
   */
  async make(shape: Shape): Promise<void> {
    const objects = objectsOfShape(shape, this.values());
    const namespaces = new Set(objects.flatMap(({ object }) => object.metadata.namespace ?? []));
    for (const namespace of namespaces) await applyNamespace(this.#api, namespace);
    for (const { path, object } of objects) await this.#applied(path, object);
    await this.settled(shape);
    await this.served(shape);
  }

  /** An object of a kind that was defined a moment ago is refused until the API server serves the kind. */
  async #applied(path: string, object: AppObject['object']): Promise<void> {
    for (let left = SERVED_TRIES; ; left -= 1) {
      try {
        return void (await this.#api.apply(path, object));
      } catch (error) {
        if (left === 0 || !(error instanceof ApiError && error.status === 404)) throw error;
        await sleep(200);
      }
    }
  }

  /** Until every proxy has a route to the host of the shape. It may never get one. */
  private async served({ name, traefikService, ingressRoute }: Shape): Promise<void> {
    if (traefikService === null && ingressRoute && Object.keys(ingressRoute).length === 0) return;
    const deadline = Date.now() + ROUTED_MS;
    for (const entry of this.sandbox.traefikEntryUrls)
      while (Date.now() < deadline && (await statusThrough(entry, loadHost(name, NAMESPACE))) === 404) await sleep(200);
  }

  /** Patches the Rollout or the TraefikService as another writer does. `NAME` and `IMAGE` are filled in. */
  async patch(shape: Shape, kind: 'rollouts' | 'traefikservices', change: object, image?: string): Promise<void> {
    const group = kind === 'rollouts' ? 'argoproj.io' : 'traefik.io';
    await this.#api.patch(pathOf(group, kind, shape.name), filled(change, shape, this.values(image)));
  }

  /** Sends `rps` requests a second to the shape's first host. */
  load({ name }: Shape, rps: number): Promise<void> {
    return addToLoad(this.sandbox, name, NAMESPACE, { rps });
  }

  async remove(shape: Shape): Promise<void> {
    await removeFromLoad(this.sandbox, shape.name, NAMESPACE);
    const paths = objectsOfShape(shape, this.values()).map(({ path }: AppObject) => path);
    for (const path of paths.toReversed()) await this.#api.remove(path);
  }

  values(image?: string): Values {
    return { prometheus: this.sandbox.prometheusUrl, ...(image !== undefined && { image }) };
  }

  /** Until Argo has observed the spec and is Healthy, paused, or refuses it. */
  async settled({ name }: Shape): Promise<void> {
    const deadline = Date.now() + SETTLE_MS;
    while (Date.now() < deadline) {
      if (isAtRest(await this.#api.get<Rollout>(pathOf('argoproj.io', 'rollouts', name)))) return;
      await sleep(200);
    }
  }
}

function pathOf(group: string, plural: string, name: string): string {
  return `/apis/${group}/v1alpha1/namespaces/${NAMESPACE}/${plural}/${name}`;
}

function isAtRest({ metadata, status }: Rollout): boolean {
  if (status?.observedGeneration !== String(metadata.generation)) return false;
  return status.phase !== undefined && status.phase !== 'Progressing';
}
