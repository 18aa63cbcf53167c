import { createWorkload } from '../../src/targets/argo-rollout/workload.ts';
import type { ClusterClient } from '../../src/adapters/kubernetes/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { ROLLOUT, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { createSplit } from '../../src/splits/traefik/split.ts';
import type { Target } from '../../src/domain/release/target.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import type { RolloutState } from '../../src/domain/rollout.ts';
import type { SplitPort, TrafficView } from '../../src/ports/split.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { eventually } from './releases-wait.ts';

/** The facts that prove the end of a release, read independently of the release. */
export interface EndState {
  readonly rollout: RolloutState;
  readonly traffic: TrafficView;
  /** The candidate's weight on every Traefik replica. */
  readonly inForce: readonly (number | undefined)[];
}

/** The cluster as an operator with kubectl reads and changes it. */
export class Cluster {
  private readonly rollouts: WorkloadPort;
  private readonly traffic: SplitPort;
  private readonly client: ClusterClient;

  constructor(sandbox: Sandbox) {
    const clusters = createClusters({ kubeconfig: sandbox.kubeconfig });
    this.rollouts = createWorkload(clusters);
    this.traffic = createSplit(clusters, { apis: { urls: sandbox.traefikApiUrls } });
    this.client = clusters.client(sandbox.context);
  }

  async read(target: Target): Promise<EndState> {
    const ref = { cluster: target.cluster, namespace: target.namespace, name: target.rollout };
    const rollout = await this.rollouts.read(target);
    const arms = { stable: rollout.stableService as string, candidate: rollout.candidateService as string };
    const [traffic, proxies] = await Promise.all([this.traffic.read(ref), this.traffic.inForce(ref, arms)]);
    return { rollout, traffic, inForce: proxies.map(({ candidate }) => candidate) };
  }

  /** Whether there is a mirror of the route. */
  async isCopied({ namespace, rollout }: Target): Promise<boolean> {
    const mirrors = await this.client.list(TRAEFIK_SERVICE, namespace);
    return mirrors.some((one) => (one as { metadata: { name: string } }).metadata.name === `${rollout}-mirror`);
  }

  image({ images }: RolloutState): string | undefined {
    return images['app'];
  }

  /** Acts as `kubectl set image` does. */
  async setImage(target: Target, image: string): Promise<void> {
    const containers = [{ op: 'replace' as const, path: '/spec/template/spec/containers/0/image', value: image }];
    await this.client.jsonPatch({ kind: ROLLOUT, namespace: target.namespace, name: target.rollout }, containers);
  }

  async untilImage(target: Target, image: string): Promise<void> {
    await eventually(`${target.rollout} has ${image}`, async () =>
      this.image(await this.rollouts.read(target)) === image ? true : undefined,
    );
  }

  /** Waits until the image is stable and Healthy. */
  async untilHealthy(target: Target, image: string): Promise<void> {
    await eventually(`${target.rollout} is Healthy on ${image}`, async () => {
      const seen = await this.rollouts.read(target);
      const stable = seen.stableHash === seen.podHash && this.image(seen) === image;
      return seen.observed && seen.phase === 'Healthy' && stable ? true : undefined;
    });
  }

  /** Writes the weights of before a release, as a GitOps controller does: all traffic to the first Service. */
  async putWeightsBack({ namespace, rollout: name }: Target): Promise<void> {
    const values = [100, 0].map((value, index) => ({
      op: 'replace' as const,
      path: `/spec/weighted/services/${index}/weight`,
      value,
    }));
    await this.client.jsonPatch({ kind: TRAEFIK_SERVICE, namespace, name }, values);
  }

  /** Sets another step list, with an untimed pause after each weight. */
  async setSteps(target: Target, weights: readonly number[]): Promise<void> {
    await this.setArgoSteps(
      target,
      weights.flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
    );
  }

  /** Sets another step list, in Argo's own form. */
  async setArgoSteps(target: Target, value: readonly object[]): Promise<void> {
    await this.client.jsonPatch({ kind: ROLLOUT, namespace: target.namespace, name: target.rollout }, [
      { op: 'replace', path: '/spec/strategy/canary/steps', value },
    ]);
    await this.observed(target);
  }

  /** `spec.rollbackWindow` in revisions; 0: none. */
  async setRollbackWindow(target: Target, revisions: number): Promise<void> {
    const ref = { kind: ROLLOUT, namespace: target.namespace, name: target.rollout };
    await this.client.mergePatch(ref, { spec: { rollbackWindow: revisions > 0 ? { revisions } : null } });
    await this.observed(target);
  }

  /** Until Argo has observed the spec, the Rollout is Progressing, whatever state it is in. */
  private observed(target: Target): Promise<true> {
    return eventually(`Argo has observed the spec of ${target.rollout}`, async () =>
      (await this.rollouts.read(target)).observed ? true : undefined,
    );
  }

  /** Acts as `kubectl argo rollouts promote --full` does. Resolves when the Rollout is Healthy on its newest image. */
  async finish(target: Target): Promise<void> {
    const ref = { kind: ROLLOUT, namespace: target.namespace, name: target.rollout };
    await eventually(
      `${target.rollout} is Healthy on its newest image`,
      async () => {
        const seen = await this.rollouts.read(target);
        if (seen.observed && seen.phase === 'Healthy' && seen.stableHash === seen.podHash) return true;
        if (seen.observed)
          await this.client.mergePatch(
            ref,
            { status: { promoteFull: true, pauseConditions: null } },
            { subresource: 'status' },
          );
        return undefined;
      },
      { everyMs: 500, timeoutMs: 60_000 },
    );
  }
}
