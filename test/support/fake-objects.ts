import { DEPLOYMENT, REPLICA_SET, ROLLOUT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import type { Target } from '../../src/domain/release/target.ts';
import type { ArmServices } from '../../src/ports/split.ts';
import { HASH_LABEL, hashOf } from './fake-argo.ts';
import type { FakeCluster, StoredObject } from './fake-cluster.ts';
import type { FakeWorldOptions } from './fake-world-options.ts';

export const PORT = 8080;

interface Scene {
  readonly target: Target;
  readonly arms: ArmServices;
  readonly image: string;
  readonly options: FakeWorldOptions;
}

/** One settled application: the Rollout, its two Services, and the TraefikService of the same name. */
export function createObjects(cluster: FakeCluster, { target, arms, image, options }: Scene): void {
  const { namespace, rollout } = target;
  const hash = hashOf(image);
  for (const name of [arms.stable, arms.candidate]) {
    cluster.create(
      { kind: SERVICE, namespace, name },
      { spec: { selector: { app: rollout, [HASH_LABEL]: hash }, ports: [{ port: PORT }] } },
    );
  }
  const services = [arms.stable, arms.candidate].map((name, index) => ({
    name,
    port: PORT,
    weight: index === 0 ? 100 : 0,
    nativeLB: true,
  }));
  cluster.create({ kind: TRAEFIK_SERVICE, namespace, name: rollout }, { spec: { weighted: { services } } });
  const { strategy, status } =
    options.strategy === 'blue-green' ? blueGreen(arms, hash, options) : canary(target, arms, options);
  const sidecars = Object.entries(options.sidecars ?? {}).map(([name, its]) => ({ name, image: its }));
  const template = { spec: { containers: [{ name: 'app', image }, ...sidecars] } };
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: rollout };
  if (options.workloadRef)
    cluster.create({ kind: DEPLOYMENT, namespace, name: rollout }, { spec: { replicas: 0, template } });
  cluster.create(
    { kind: ROLLOUT, namespace, name: rollout },
    {
      spec: {
        replicas: 2,
        ...(options.workloadRef ? { workloadRef } : { template }),
        strategy,
        ...(options.fastTracked === undefined ? {} : { rollbackWindow: { revisions: 3 } }),
      },
      status: {
        currentPodHash: hash,
        stableRS: hash,
        phase: 'Healthy',
        observedGeneration: '1',
        ...(options.workloadRef && { workloadObservedGeneration: '1' }),
        updatedReplicas: 2,
        availableReplicas: 2,
        ...status,
      },
    },
  );
  createReplicaSet(cluster, cluster.peek({ kind: ROLLOUT, namespace, name: rollout }), image);
  setAvailable(cluster, target, hash, PODS);
}

/** Pods of the Rollout. */
export const PODS = 2;

/** How many pods of a version are available. */
export function setAvailable(
  cluster: FakeCluster,
  { namespace, rollout }: Pick<Target, 'namespace' | 'rollout'>,
  hash: string,
  count: number,
): void {
  cluster.update({ kind: REPLICA_SET, namespace, name: `${rollout}-${hash}` }, ({ status }) => {
    status['availableReplicas'] = count;
  });
}

/** The object that has the template of a Rollout: itself, or the Deployment that it refers to. */
export function templateHolder({ metadata: { namespace }, spec }: StoredObject): ObjectRef | undefined {
  const { workloadRef } = spec as { workloadRef?: { name: string } };
  return workloadRef && { kind: DEPLOYMENT, namespace, name: workloadRef.name };
}

/** The ReplicaSet of a version, as the controller makes it. */
export function createReplicaSet(cluster: FakeCluster, rollout: StoredObject, image: string): void {
  const hash = hashOf(image);
  const { metadata } = rollout;
  const holder = templateHolder(rollout);
  const { spec } = holder ? cluster.peek(holder) : rollout;
  const before = cluster.listed(REPLICA_SET.plural, metadata.namespace).map(revisionOf);
  const ref = { kind: REPLICA_SET, namespace: metadata.namespace, name: `${metadata.name}-${hash}` };
  cluster.create(ref, {
    owner: metadata.uid,
    labels: { [HASH_LABEL]: hash },
    annotations: { [REVISION]: String(Math.max(0, ...before) + 1) },
    spec: { replicas: 2, template: spec['template'] },
    status: { availableReplicas: 0 },
  });
}

const REVISION = 'rollout.argoproj.io/revision';

function revisionOf({ metadata }: StoredObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

function canary(target: Target, arms: ArmServices, options: FakeWorldOptions): { strategy: object; status: object } {
  const steps = options.steps ?? [5, 25, 50].flatMap((weight) => [{ setWeight: weight }, { pause: {} }]);
  const strategy = {
    steps,
    ...(options.router === 'pods' ? {} : { stableService: arms.stable, canaryService: arms.candidate }),
    ...routing(target, options),
    abortScaleDownDelaySeconds: options.abortScaleDownDelaySeconds ?? 1,
  };
  return {
    strategy: { canary: strategy },
    status: {
      currentStepIndex: steps.length,
      ...(options.router === 'pods' ? {} : { canary: { weights: { canary: { weight: 0 } } } }),
    },
  };
}

function routing({ rollout }: Target, { router = 'traefik' }: FakeWorldOptions): object {
  if (router === 'pods') return {};
  const routers = {
    traefik: { traefik: { weightedTraefikServiceName: rollout } },
    nginx: { nginx: { stableIngress: rollout } },
  };
  return { trafficRouting: routers[router] };
}

function blueGreen(arms: ArmServices, hash: string, options: FakeWorldOptions): { strategy: object; status: object } {
  const strategy = {
    activeService: arms.stable,
    previewService: arms.candidate,
    autoPromotionEnabled: false,
    abortScaleDownDelaySeconds: options.abortScaleDownDelaySeconds ?? 1,
  };
  return { strategy: { blueGreen: strategy }, status: { blueGreen: { activeSelector: hash, previewSelector: hash } } };
}

interface Template {
  /** Absent with a workloadRef. */
  template?: { spec: { containers: { image: string }[] } };
}

export function imageOf(spec: object): string {
  return (spec as Template).template?.spec.containers[0]?.image ?? '';
}

/** Of the first container. */
export function setImage(spec: object, image: string): void {
  const [container] = (spec as Template).template?.spec.containers ?? [];
  if (container) container.image = image;
}

export function weightedEntries(spec: object): { name: string; weight: number }[] {
  return (spec as { weighted: { services: { name: string; weight: number }[] } }).weighted.services;
}
