import { loadStrategies } from '../../src/strategies/index.ts';
import { createWorkload } from '../../src/targets/argo-rollout/workload.ts';
import { createTemplates } from '../../src/adapters/analysis-templates/index.ts';
import { createServiceCalls } from '../../src/adapters/service-calls/index.ts';
import type { Clusters } from '../../src/adapters/kubernetes/cluster-client.ts';
import { DEPLOYMENT, ROLLOUT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { markText, OWNER_ANNOTATION, ownerOf } from '../../src/adapters/kubernetes/owner-mark.ts';
import { createSplit as createReportedSplit } from '../../src/splits/argo-status/split.ts';
import { createSplit } from '../../src/splits/traefik/split.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { Owner, Target } from '../../src/domain/release/target.ts';
import type { Ports } from '../../src/ports/index.ts';
import type { World, Worlds } from '../../src/ports/world.ts';
import { metricsServiceName } from '../../src/domain/route/names.ts';
import type { ArmServices, SplitPort, TrafficRef } from '../../src/ports/split.ts';
import { FakeArgo, HASH_LABEL, hashOf, versionIn } from './fake-argo.ts';
import { FakeCluster, type StoredObject } from './fake-cluster.ts';
import { FakeMetrics } from './fake-metrics.ts';
import type { Flow } from './fake-metrics.ts';
import {
  createObjects,
  PODS,
  setAvailable,
  createReplicaSet,
  imageOf,
  PORT,
  setImage,
  templateHolder,
  weightedEntries,
} from './fake-objects.ts';
import { FakeTraefik, TRAEFIK_PODS } from './fake-traefik.ts';
import type { Behaviour, FakeWorldOptions } from './fake-world-options.ts';

// As a worker does it. Jest forbids to load a module while no test runs, as when an activity is tried between two.
await loadStrategies();

export type { Behaviour, FakeWorldOptions } from './fake-world-options.ts';

const TIMING = { reconcileMs: 2, weightMs: 3, flapMs: 10, proxyMs: 3, scrapeMs: 100 };
const HEALTHY: Behaviour = { errorShare: 0, latencyMs: 20, readyAfterMs: 5 };

/** The facts that a test reads without the ports. */
export interface Snapshot {
  readonly image: string;
  readonly podHash: string;
  readonly stableHash: string;
  readonly stepIndex: number | undefined;
  readonly phase: string;
  readonly aborted: boolean;
  readonly paused: boolean;
  /** Candidate's weight in the TraefikService. */
  readonly weight: number;
  readonly stableSelector: string | undefined;
  readonly candidateSelector: string | undefined;
  readonly rolloutOwner: string | undefined;
  readonly trafficOwner: string | undefined;
}

/**
 * One Rollout with its Services, TraefikService, proxies and counters, in memory and in milliseconds. The ports are the
 * real adapters over a fake API server, except for metrics. Call `stop()` at the end.
 */
export class FakeWorld {
  readonly target: Target;
  readonly traffic: TrafficRef;
  readonly arms: ArmServices;
  /** Values of the `service` label of the counters. */
  readonly metricsServices: { readonly stable: string; readonly candidate: string };
  readonly ports: Ports;
  /** The same ports as the world of a cluster. A test may change the identity of that cluster. */
  readonly worlds: Worlds;
  uid = 'uid-of-kube-system';
  /** The world's only cluster, in the form that adapters use. */
  readonly clusters: Clusters;
  /** Every call of a port, in order: "workload.advance". */
  readonly calls: string[] = [];
  /** The controller's actions, in order. */
  readonly events: string[] = [];
  /** Actions that a correct release never does. */
  readonly violations: string[] = [];
  readonly cluster: FakeCluster;
  readonly argo: FakeArgo;
  readonly traefik: FakeTraefik;
  readonly metrics: FakeMetrics;
  readonly #options: FakeWorldOptions;
  readonly #rollout: ObjectRef;
  readonly #versions: Map<string, Partial<Behaviour>>;
  readonly #images = new Map<string, string>();
  /** Hashes of the versions that have a ReplicaSet. */
  readonly #revisions = new Set<string>();
  readonly #bornAt = Date.now();

  constructor(options: FakeWorldOptions) {
    const timing = { ...TIMING, ...options.timing };
    this.#options = options;
    this.#versions = new Map(Object.entries(options.versions ?? {}));
    this.target = options.target ?? { cluster: 'dev', namespace: 'shop', rollout: 'shop' };
    const { cluster, namespace, rollout } = this.target;
    this.arms =
      options.strategy === 'blue-green'
        ? { stable: `${rollout}-active`, candidate: `${rollout}-preview` }
        : { stable: `${rollout}-stable`, candidate: `${rollout}-canary` };
    this.traffic = { cluster, namespace, name: rollout };
    this.metricsServices = {
      stable: metricsServiceName(namespace, this.arms.stable, String(PORT)),
      candidate: metricsServiceName(namespace, this.arms.candidate, String(PORT)),
    };
    this.cluster = new FakeCluster(cluster);
    this.#rollout = { kind: ROLLOUT, namespace, name: rollout };
    this.metrics = new FakeMetrics(timing.scrapeMs);
    const image = options.image ?? `${rollout}:v1`;
    this.#images.set(hashOf(image), image);
    this.#revisions.add(hashOf(image));
    createObjects(this.cluster, { target: this.target, arms: this.arms, image, options });
    this.traefik = new FakeTraefik(this.cluster, options.replicas ?? ['traefik-1', 'traefik-2'], timing.proxyMs, () =>
      this.#recordFlows(),
    );
    this.traefik.follow(this.cluster, namespace, rollout, true);
    this.argo = new FakeArgo(this.cluster, {
      ref: this.#rollout,
      stableService: this.arms.stable,
      candidateService: this.arms.candidate,
      traefikService: rollout,
      timing,
      flaps: options.flaps ?? 3,
      fastTracked: options.fastTracked,
      readyAfterMs: (image) => this.#behaviour(image).readyAfterMs,
      pauseMs: (seconds) => (seconds * 1000) / (options.speed ?? 1),
      byPods: options.router === 'pods',
      scale: (newHash, stableHash, weight) => this.#scale(newHash, stableHash, weight),
      note: (event) => this.events.push(event),
      madeVersion: (object, image) => {
        createReplicaSet(this.cluster, object, image);
        this.#revisions.add(hashOf(image));
      },
    });
    this.cluster.onChange((ref) => this.#watch(ref));
    this.clusters = this.#createClusters();
    this.ports = this.#createPorts();
    this.worlds = { of: (context, uid) => this.#worldOf(context, uid) };
  }

  stop(): void {
    this.argo.stop();
    this.traefik.stop();
  }

  /** The world's clock, epoch milliseconds. */
  now(): number {
    return Math.round(this.#bornAt + (Date.now() - this.#bornAt) * (this.#options.speed ?? 1));
  }

  /**
   * Makes the next `count` requests to the cluster fail. With `afterwards` they are carried out and the answer is lost.
   */
  failCluster(count: number, code?: ErrorCode, afterwards = false): void {
    this.cluster.fail(count, code, afterwards);
  }

  metricsAway(away: boolean): void {
    this.metrics.away = away;
  }

  metricsEmpty(empty: boolean): void {
    this.metrics.empty = empty;
  }

  /** The delay of a replica from now on. With Infinity it does not change any more. */
  lagReplica(name: string, lagMs: number): void {
    this.#replica(name).lagMs = lagMs;
    if (Number.isFinite(lagMs)) this.traefik.follow(this.cluster, this.target.namespace, this.traffic.name);
  }

  silenceReplica(name: string, silent: boolean): void {
    this.#replica(name).silent = silent;
  }

  /** Changes how a version answers from now on. Readiness applies to its next start. */
  behave(image: string, behaviour: Partial<Behaviour>): void {
    this.#versions.set(image, { ...this.#versions.get(image), ...behaviour });
    this.#recordFlows();
  }

  /** Another actor sets an image. */
  foreignImage(image: string): void {
    const holder = templateHolder(this.cluster.peek(this.#rollout)) ?? this.#rollout;
    this.cluster.update(holder, (object) => setImage(object.spec, image));
  }

  /** Another actor writes other steps of a canary, each with an untimed pause. */
  replaceSteps(weights: readonly number[]): void {
    this.cluster.update(this.#rollout, ({ spec }) => {
      const { canary } = (spec as { strategy: { canary?: { steps?: object[] } } }).strategy;
      if (canary) canary.steps = weights.flatMap((setWeight) => [{ setWeight }, { pause: {} }]);
    });
  }

  /** Another actor writes weights. As in Argo, the controller overwrites them only when it next acts. */
  foreignWeight(candidate: number): void {
    this.cluster.update(this.#trafficObject(), (object) => {
      for (const entry of weightedEntries(object.spec))
        entry.weight = entry.name === this.arms.candidate ? candidate : 100 - candidate;
    });
  }

  /** Another actor's mark on the Rollout or the TraefikService. */
  foreignOwner(on: 'rollout' | 'traffic', owner: Owner): void {
    this.cluster.update(on === 'rollout' ? this.#rollout : this.#trafficObject(), ({ metadata }) => {
      metadata.annotations = {
        ...metadata.annotations,
        [OWNER_ANNOTATION]: markText(owner),
      };
    });
  }

  /** Another actor removes the owner mark. */
  removeOwner(on: 'rollout' | 'traffic'): void {
    this.cluster.update(on === 'rollout' ? this.#rollout : this.#trafficObject(), ({ metadata }) => {
      delete metadata.annotations?.[OWNER_ANNOTATION];
    });
  }

  /** The owner mark on the Rollout. With it a test can act as that release. */
  holder(): Owner {
    const owner = ownerOf(this.cluster.peek(this.#rollout).metadata.annotations);
    if (!owner) throw new Error('the Rollout has no owner mark');
    return owner;
  }

  /** Sets `spec.paused`, as `kubectl argo rollouts pause` does. */
  pauseByHand(paused: boolean): void {
    this.cluster.update(this.#rollout, (object) => {
      object.spec['paused'] = paused;
    });
  }

  /** Aborts the update, as `kubectl argo rollouts abort` does. */
  abortByHand(): void {
    this.cluster.update(this.#rollout, (object) => {
      object.status['abort'] = true;
    });
  }

  /** Ends the pause, as `kubectl argo rollouts promote` and the end of its time do. */
  endPause(): void {
    this.cluster.update(this.#rollout, (object) => {
      delete object.status['pauseConditions'];
    });
  }

  /** Another actor changes the version that the candidate's Service selects. */
  foreignSelector(hash: string): void {
    const { namespace } = this.target;
    this.cluster.update({ kind: SERVICE, namespace, name: this.arms.candidate }, (object) => {
      object.spec['selector'] = { [HASH_LABEL]: hash };
    });
  }

  /** A stopped controller does nothing. When it starts again, it catches up. */
  controllerDown(down: boolean): void {
    this.argo.running = !down;
    if (!down) this.argo.poke();
  }

  snapshot(): Snapshot {
    const { status, metadata } = this.cluster.peek(this.#rollout);
    const spec = this.#templateSpec();
    const traffic = this.cluster.peek(this.#trafficObject());
    return {
      image: imageOf(spec),
      podHash: String(status['currentPodHash']),
      stableHash: String(status['stableRS']),
      stepIndex: status['currentStepIndex'] as number | undefined,
      phase: String(status['phase']),
      aborted: status['abort'] === true,
      paused: Array.isArray(status['pauseConditions']) && status['pauseConditions'].length > 0,
      weight: weightedEntries(traffic.spec).find(({ name }) => name === this.arms.candidate)?.weight ?? 1,
      stableSelector: this.#selector(this.arms.stable),
      candidateSelector: this.#selector(this.arms.candidate),
      rolloutOwner: metadata.annotations?.[OWNER_ANNOTATION],
      trafficOwner: traffic.metadata.annotations?.[OWNER_ANNOTATION],
    };
  }

  /** Waits until the snapshot matches. It fails after `withinMs`. */
  async until(wanted: (now: Snapshot) => boolean, withinMs = 2_000): Promise<Snapshot> {
    const deadline = Date.now() + withinMs;
    while (!wanted(this.snapshot())) {
      if (Date.now() > deadline)
        throw new Error(`not reached within ${withinMs} ms: ${JSON.stringify(this.snapshot())}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return this.snapshot();
  }

  /** The spec that has the template. */
  #templateSpec(): StoredObject['spec'] {
    const rollout = this.cluster.peek(this.#rollout);
    const holder = templateHolder(rollout);
    return (holder ? this.cluster.peek(holder) : rollout).spec;
  }

  /** By whole pods: a weight above 0 has at least one. */
  #scale(newHash: string, stableHash: string, weight: number): void {
    const pods = newHash === stableHash ? 0 : Math.ceil((PODS * weight) / 100);
    for (const hash of this.#images.keys()) {
      const count = hash === stableHash ? PODS - pods : hash === newHash ? pods : 0;
      if (this.#revisions.has(hash)) setAvailable(this.cluster, this.target, hash, count);
    }
  }

  #trafficObject(): ObjectRef {
    return { kind: TRAEFIK_SERVICE, namespace: this.target.namespace, name: this.target.rollout };
  }

  #replica(name: string): { lagMs: number; silent: boolean } {
    const replica = this.traefik.replicas.find((one) => one.name === name);
    if (!replica) throw new Error(`no replica ${name}`);
    return replica;
  }

  #behaviour(image: string): Behaviour {
    return { ...HEALTHY, ...this.#versions.get(image) };
  }

  #selector(service: string): string | undefined {
    const { spec } = this.cluster.peek({ kind: SERVICE, namespace: this.target.namespace, name: service });
    return (spec['selector'] as Record<string, string> | undefined)?.[HASH_LABEL];
  }

  #watch(ref: ObjectRef): void {
    if (ref.kind === SERVICE) this.#recordFlows();
    if (ref.kind !== ROLLOUT && ref.kind !== DEPLOYMENT) return;
    const { status } = this.cluster.peek(this.#rollout);
    const spec = this.#templateSpec();
    const version = versionIn(spec['template']);
    this.#images.set(hashOf(version), version);
    const fresh = status['abort'] === true && status['abortedAt'] === undefined;
    // After the abort the pods of the preview are removed, and its share is answered with 503 (seen).
    if (fresh && this.#options.strategy === 'blue-green' && this.snapshot().weight > 0)
      this.violations.push(`aborted with weight ${this.snapshot().weight} on the preview Service`);
  }

  /** Records the current traffic: each replica splits its part of the requests by the weights that it serves. */
  #recordFlows(): void {
    const perReplica = (this.#options.requestsPerSecond ?? 200) / this.traefik.replicas.length;
    const flows = this.traefik.replicas.flatMap((replica) => {
      const entries = replica.serves.get(`${this.target.namespace}-${this.target.rollout}`) ?? [];
      const sum = entries.reduce((total, { weight = 1 }) => total + weight, 0);
      return entries.map(({ name, port, weight = 1 }): Flow => {
        const {
          errorShare,
          latencyMs,
          brokenShare = 0,
          grpc = false,
        } = this.#behaviour(this.#images.get(this.#selector(name) ?? '') ?? '');
        const service = metricsServiceName(this.target.namespace, name, String(port));
        return {
          instance: replica.name,
          service,
          requestsPerSecond: sum === 0 ? 0 : ((perReplica * weight) / sum) * (1 - brokenShare),
          errorShare,
          latencyMs,
          grpc,
        };
      });
    });
    this.metrics.record(this.now(), flows);
  }

  #createClusters(): Clusters {
    return {
      contexts: () => [this.target.cluster],
      currentContext: () => this.target.cluster,
      server: () => 'https://fake',
      client: (name) => {
        if (name !== this.target.cluster)
          throw new SluiceError(
            'CLUSTER_UNKNOWN',
            `No kubeconfig context is named "${name}". Contexts: ${this.target.cluster}.`,
          );
        return this.cluster;
      },
    };
  }

  #split(): SplitPort {
    const { router = 'traefik' } = this.#options;
    return router === 'traefik'
      ? createSplit(this.clusters, { apis: { pods: TRAEFIK_PODS } })
      : createReportedSplit(this.clusters);
  }

  #createPorts(): Ports {
    return {
      workload: this.#logged('workload', createWorkload(this.clusters)),
      split: this.#logged('split', this.#split()),
      evidence: this.#logged('evidence', this.metrics),
      templates: this.#logged('templates', createTemplates(this.clusters)),
      serviceCalls: this.#options.serviceCalls ?? createServiceCalls(this.clusters),
      now: () => this.now(),
    };
  }

  /** One object for each identity, so that state that is attached to a world belongs to the identity. */
  readonly #worlds = new Map<string, World>();

  async #worldOf(context: string, uid = this.uid): Promise<World> {
    if (uid !== this.uid) throw new SluiceError('CLUSTER_MISMATCH', `expected ${uid}, found ${this.uid}`);
    this.clusters.client(context);
    const world = this.#worlds.get(uid) ?? { ...this.ports, cluster: { context, uid } };
    this.#worlds.set(uid, world);
    return world;
  }

  #logged<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const member = Reflect.get(target, key) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          this.calls.push(`${name}.${String(key)}`);
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
  }
}

export function createFakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  return new FakeWorld(options);
}
