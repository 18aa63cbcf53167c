import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf } from '../sandbox/apps/applications.ts';
import type { Sandbox } from '../sandbox/index.ts';

export const NAMESPACE = 'shop';
export const APP = 'bench';

interface RolloutStatus {
  phase?: string;
  currentStepIndex?: number;
  controllerPause?: boolean;
  stableRS?: string;
  currentPodHash?: string;
  observedGeneration?: string;
}

interface Rollout {
  metadata: { name: string; generation: number };
  status: RolloutStatus;
}

interface TraefikService {
  metadata: { name: string };
  spec: { weighted: { services: { name: string; weight?: number }[] } };
}

/** Long enough for a busy machine. */
const WAIT_MS = 180_000;

/** Measures from outside, without help of either contender. */
export class Cluster {
  private readonly api: ReturnType<typeof clientOf>;
  private weight = 0;
  private seen: (() => void)[] = [];

  constructor(sandbox: Sandbox) {
    this.api = clientOf(sandbox);
  }

  /** Follows the TraefikService by a watch. An event arrives within a millisecond or two of the write. */
  async watchWeight(): Promise<void> {
    const path = `/apis/traefik.io/v1alpha1/namespaces/${NAMESPACE}/traefikservices`;
    const take = (service: TraefikService): void => {
      this.weight = service.spec.weighted.services.find(({ name }) => name === `${APP}-canary`)?.weight ?? 0;
      for (const notify of this.seen.splice(0)) notify();
    };
    take(await this.api.get<TraefikService>(`${path}/${APP}`));
    const watch = this.api.watch<TraefikService>(
      `${path}?watch=true&timeoutSeconds=7200&fieldSelector=metadata.name%3D${APP}`,
      ({ type, object }) => {
        if (type === 'ADDED' || type === 'MODIFIED') take(object);
      },
    );
    // The watch ends with the sandbox. A measurement that misses it fails by its own deadline.
    watch.catch(() => undefined);
  }

  /** The time at which the canary's weight was observed as `wanted`. */
  async whenWeight(wanted: number): Promise<number> {
    const end = performance.now() + WAIT_MS;
    while (this.weight !== wanted) {
      const next = new Promise<void>((resolve) => this.seen.push(resolve));
      await Promise.race([next, sleep(WAIT_MS, undefined, { ref: false })]);
      if (performance.now() > end)
        throw new Error(
          `Weight ${wanted} was not written within ${WAIT_MS / 1000} s; it is ${this.weight}. See: sluice sandbox logs argo-rollouts.`,
        );
    }
    return performance.now();
  }

  /** Resolves when the controller holds a new version at this step. */
  pausedAt(index: number): Promise<void> {
    return this.until(
      `paused at step ${index}`,
      ({ status }) =>
        status.currentStepIndex === index &&
        status.controllerPause === true &&
        status.currentPodHash !== status.stableRS,
    );
  }

  healthy(): Promise<void> {
    return this.until(
      'Healthy',
      ({ metadata, status }) => status.phase === 'Healthy' && status.observedGeneration === String(metadata.generation),
    );
  }

  private async until(what: string, holds: (rollout: Rollout) => boolean): Promise<void> {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      const rollout = await this.api.get<Rollout>(`/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/rollouts/${APP}`);
      if (holds(rollout)) return;
      if (performance.now() > end)
        throw new Error(`The Rollout is not ${what} after ${WAIT_MS / 1000} s: ${JSON.stringify(rollout.status)}.`);
      await sleep(50);
    }
  }
}
