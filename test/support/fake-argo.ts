import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { DEPLOYMENT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import type { FakeCluster, StoredObject } from './fake-cluster.ts';

/** Delays of the fake controller, in real milliseconds. */
export interface ArgoTiming {
  /** From a change of the Rollout to the controller's reaction. */
  readonly reconcileMs: number;
  /** From a setWeight step to the written weight. */
  readonly weightMs: number;
  /** Between two flips of the candidate selector after an abort. */
  readonly flapMs: number;
}

export interface ArgoOptions {
  readonly ref: ObjectRef;
  readonly stableService: string;
  readonly candidateService: string;
  readonly traefikService: string;
  readonly timing: ArgoTiming;
  /** How often the candidate selector flips after an abort before it settles. */
  readonly flaps: number;
  /** The image that goes past every step at once. */
  readonly fastTracked: string | undefined;
  /** Time until pods of an image are ready. With Infinity they never are. */
  readonly readyAfterMs: (image: string) => number;
  /** Real milliseconds of a timed pause of this many seconds. */
  readonly pauseMs: (seconds: number) => number;
  /** There is no router: pods alone divide the traffic, and the status has no weight. */
  readonly byPods: boolean;
  /** Pods of the new version and of the stable one, after a change of the weight. */
  readonly scale: (newHash: string, stableHash: string, weight: number) => void;
  readonly note: (event: string) => void;
  /** The controller has named a new version. */
  readonly madeVersion: (rollout: StoredObject, image: string) => void;
}

interface Template {
  spec: { containers: { image: string; env?: object[] }[] };
}

/** What tells versions apart here: the image of the first container, and its environment where it has one. */
export function versionIn(template: unknown): string {
  const [first] = (template as Template | undefined)?.spec.containers ?? [];
  return first?.env ? `${first.image} ${JSON.stringify(first.env)}` : (first?.image ?? '');
}

interface Spec {
  paused?: boolean;
  template?: Template;
  workloadRef?: { name: string };
  strategy: { canary?: { steps: Record<string, unknown>[] }; blueGreen?: object };
}

interface Status {
  observedGeneration?: string;
  workloadObservedGeneration?: string;
  currentPodHash: string;
  stableRS: string;
  currentStepIndex?: number;
  pauseConditions?: { reason: string; startTime: string }[];
  controllerPause?: boolean;
  abort?: boolean;
  abortedAt?: string;
  promoteFull?: boolean;
  phase?: string;
  message?: string;
  updatedReplicas?: number;
  canary?: { weights: { canary: { weight: number } } };
  blueGreen?: { activeSelector: string; previewSelector: string };
}

/** As in Argo, the same image has the same hash. */
export function hashOf(image: string): string {
  return [...image].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) >>> 0, 7).toString(16);
}

export const HASH_LABEL = 'rollouts-pod-template-hash';

/**
 * A minimal Argo Rollouts controller. Its behaviour was observed on Argo Rollouts 1.10.1: promote clears the pause and
 * the index changes a moment later. A pause that is ended under spec.paused comes back. An abort makes the canary
 * selector flap.
 */
export class FakeArgo {
  /** If false, the controller is down. */
  running = true;
  readonly #cluster: FakeCluster;
  readonly #options: ArgoOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #readyAt = 0;
  #weightDueAt = 0;
  /** Pod hash of the abort whose selector still changes. */
  #flapping: string | undefined;

  constructor(cluster: FakeCluster, options: ArgoOptions) {
    this.#cluster = cluster;
    this.#options = options;
    cluster.onChange((ref) => {
      if (ref.kind === options.ref.kind || ref.kind === DEPLOYMENT) this.poke();
    });
  }

  stop(): void {
    this.running = false;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  poke(afterMs = this.#options.timing.reconcileMs): void {
    if (!Number.isFinite(afterMs)) return;
    this.#later(afterMs, () => this.running && this.#reconcile());
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #reconcile(): void {
    this.#cluster.update(this.#options.ref, (object) => {
      const spec = object.spec as unknown as Spec;
      const status = object.status as unknown as Status;
      this.#observe(object, spec, status);
      if (status.promoteFull) status.abort = false;
      if (status.abort) this.#abort(spec, status);
      else if (status.currentPodHash === status.stableRS) this.#settle(spec, status);
      else if (Date.now() < this.#readyAt) this.#waitForPods(status);
      else if (spec.strategy.canary) this.#canary(spec, status, spec.strategy.canary.steps);
      else this.#blueGreen(spec, status);
    });
  }

  #observe(object: StoredObject, spec: Spec, status: Status): void {
    status.observedGeneration = String(object.metadata.generation);
    const image = versionIn(this.#template(spec, status));
    if (hashOf(image) === status.currentPodHash) return;
    status.currentPodHash = hashOf(image);
    this.#options.madeVersion(object, image);
    // A new template ends the flapping of an abort (seen).
    this.#flapping = undefined;
    clearPause(status);
    for (const key of ['abort', 'abortedAt', 'promoteFull'] as const) delete status[key];
    if (image === this.#options.fastTracked) status.promoteFull = true;
    if (spec.strategy.canary) status.currentStepIndex = 0;
    this.#readyAt = Date.now() + this.#options.readyAfterMs(image);
    this.#weightDueAt = 0;
    this.#options.note(`controller saw ${image}`);
  }

  /** The Rollout's own, or that of the Deployment that it refers to. */
  #template({ template, workloadRef }: Spec, status: Status): Template | undefined {
    if (!workloadRef) return template;
    const { namespace = '' } = this.#options.ref;
    const { metadata, spec } = this.#cluster.peek({ kind: DEPLOYMENT, namespace, name: workloadRef.name });
    status.workloadObservedGeneration = String(metadata.generation);
    return spec['template'] as Template;
  }

  #settle(spec: Spec, status: Status): void {
    Object.assign(status, { phase: 'Healthy', message: '', updatedReplicas: 2 });
    this.#select(this.#options.candidateService, status.stableRS);
    this.#select(this.#options.stableService, status.stableRS);
    if (spec.strategy.canary) {
      status.currentStepIndex = spec.strategy.canary.steps.length;
      this.#writeWeight(status, 0);
    } else status.blueGreen = { activeSelector: status.stableRS, previewSelector: status.stableRS };
  }

  #waitForPods(status: Status): void {
    Object.assign(status, { phase: 'Progressing', message: 'more replicas need to be updated', updatedReplicas: 0 });
    if (status.blueGreen) {
      this.#select(this.#options.candidateService, status.currentPodHash);
      status.blueGreen.previewSelector = status.currentPodHash;
    }
    this.poke(this.#readyAt - Date.now());
  }

  #canary(spec: Spec, status: Status, steps: readonly Record<string, unknown>[]): void {
    status.updatedReplicas = 1;
    this.#select(this.#options.candidateService, status.currentPodHash);
    const index = status.currentStepIndex ?? 0;
    const step = steps[index];
    if (!step || status.promoteFull) return this.#promoteToStable(status);
    if (status.pauseConditions?.length) return this.#holdPause(status, step);
    if (status.controllerPause && !spec.paused) return this.#nextStep(status);
    if (typeof step['setWeight'] === 'number') return this.#setWeightStep(status, step['setWeight']);
    if ('pause' in step) return this.#pause(status, 'CanaryPauseStep');
    this.#nextStep(status);
  }

  #setWeightStep(status: Status, weight: number): void {
    this.#weightDueAt ||= Date.now() + this.#options.timing.weightMs;
    const left = this.#weightDueAt - Date.now();
    if (left > 0) return this.poke(left);
    this.#writeWeight(status, weight);
    this.#nextStep(status);
  }

  #holdPause(status: Status, step: Record<string, unknown>): void {
    status.phase = 'Paused';
    const seconds = (step['pause'] as { duration?: number } | undefined)?.duration;
    if (seconds === undefined) return;
    const left = Date.parse(status.pauseConditions?.[0]?.startTime ?? '') + this.#options.pauseMs(seconds) - Date.now();
    if (left > 0) this.poke(left);
    else clearPause(status, true);
  }

  #nextStep(status: Status): void {
    clearPause(status);
    this.#weightDueAt = 0;
    status.currentStepIndex = (status.currentStepIndex ?? 0) + 1;
    status.phase = 'Progressing';
  }

  #promoteToStable(status: Status): void {
    clearPause(status);
    status.stableRS = status.currentPodHash;
    delete status.promoteFull;
    this.#options.note(`stable is ${status.currentPodHash}`);
  }

  #blueGreen(spec: Spec, status: Status): void {
    if (!status.blueGreen) return;
    status.blueGreen.previewSelector = status.currentPodHash;
    this.#select(this.#options.candidateService, status.currentPodHash);
    if (status.pauseConditions?.length) return;
    const resumed = status.controllerPause && !spec.paused;
    if (!resumed && !status.promoteFull) return this.#pause(status, 'BlueGreenPause');
    this.#select(this.#options.stableService, status.currentPodHash);
    status.blueGreen.activeSelector = status.currentPodHash;
    this.#promoteToStable(status);
  }

  #pause(status: Status, reason: string): void {
    status.pauseConditions = [{ reason, startTime: new Date().toISOString() }];
    Object.assign(status, { controllerPause: true, phase: 'Paused', message: reason });
  }

  #abort(spec: Spec, status: Status): void {
    if (status.abortedAt) return;
    clearPause(status);
    Object.assign(status, {
      abortedAt: new Date().toISOString(),
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update',
    });
    this.#options.note(`aborted ${status.currentPodHash}`);
    if (spec.strategy.canary) {
      status.currentStepIndex = 0;
      this.#writeWeight(status, 0);
      this.#flapping = status.currentPodHash;
      this.#flap(status, this.#options.flaps);
    } else if (status.blueGreen) {
      // The preview Service keeps the bad hash (seen).
      this.#select(this.#options.stableService, status.stableRS);
      status.blueGreen.activeSelector = status.stableRS;
    }
  }

  #flap({ currentPodHash, stableRS }: Status, left: number): void {
    if (this.#flapping !== currentPodHash) return;
    this.#select(this.#options.candidateService, left % 2 === 0 ? stableRS : currentPodHash);
    if (left > 0) this.#later(this.#options.timing.flapMs, () => this.#flap({ currentPodHash, stableRS }, left - 1));
  }

  #select(service: string, hash: string): void {
    const { namespace = '' } = this.#options.ref;
    this.#cluster.update({ kind: SERVICE, namespace, name: service }, (object) => {
      object.spec['selector'] = { app: this.#options.ref.name, [HASH_LABEL]: hash };
    });
  }

  #writeWeight(status: Status, weight: number): void {
    if (!this.#options.byPods) status.canary = { weights: { canary: { weight } } };
    this.#options.scale(status.currentPodHash, status.stableRS, weight);
    const { stableService, candidateService, traefikService, ref } = this.#options;
    this.#cluster.update({ kind: TRAEFIK_SERVICE, namespace: ref.namespace ?? '', name: traefikService }, (object) => {
      for (const entry of (object.spec as { weighted: { services: { name: string; weight: number }[] } }).weighted
        .services) {
        if (entry.name === candidateService) entry.weight = weight;
        if (entry.name === stableService) entry.weight = 100 - weight;
      }
    });
  }
}

/** `resumed`: the state after only the condition was removed. The controller recognises a resume by it. */
function clearPause(status: Status, resumed = false): void {
  delete status.pauseConditions;
  if (!resumed) delete status.controllerPause;
}
