import type { ApiClient, KubeObject } from '../cluster/api-client.ts';
import { ApiError } from '../cluster/api-client.ts';
import { behaviourOf, createAnswering } from './behaviour.ts';
import type { Answering, Behaviour } from './behaviour.ts';

export interface Pod extends KubeObject {
  spec: { containers: { name: string; image: string }[] };
  status?: { phase?: string; podIP?: string; startTime?: string; conditions?: { type: string; status: string }[] };
}

/** A pod that this agent simulates. */
export interface PlayedPod {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  behaviour: Behaviour;
  answering: Answering;
  ready: boolean;
  ending: boolean;
  restarts: number;
  ip: string;
  /** When its simulation began, epoch ms. */
  since: number;
  timers: NodeJS.Timeout[];
}

/** How long a deleted pod continues to answer, as a real one does while its shutdown hook runs. */
const SHUTDOWN_MS = 250;

/** Back-off of a kubelet for a container that crashes: 10 s, doubled each time, at most five minutes. */
const BACK_OFF_MS = 10_000;
const MAX_BACK_OFF_MS = 300_000;

const keyOf = (pod: KubeObject): string => pod.metadata.uid ?? '';

/** Simulates the life of the node's pods according to their image tags. */
export class Pods {
  readonly played = new Map<string, PlayedPod>();
  private readonly api: ApiClient;
  private readonly range: number;
  /** For images with a seed: all pods of such an image share one sequence. */
  private readonly sequences = new Map<string, Answering>();
  private nextAddress = 0;

  constructor(api: ApiClient, range: number) {
    this.api = api;
    this.range = range;
  }

  onSet(pod: Pod): void {
    const known = this.played.get(keyOf(pod));
    if (known) {
      known.labels = pod.metadata.labels ?? {};
    } else {
      this.begin(pod);
    }
    const played = this.played.get(keyOf(pod));
    if (pod.metadata.deletionTimestamp && played && !played.ending) this.end(pod, played);
  }

  onGone(pod: Pod): void {
    this.played.get(keyOf(pod))?.timers.forEach((timer) => clearTimeout(timer));
    this.played.delete(keyOf(pod));
  }

  /** Whether this pod's name is the first of its version and application. */
  isFirst(pod: PlayedPod): boolean {
    return ![...this.played.values()].some(
      (other) =>
        other.namespace === pod.namespace &&
        other.labels['app'] === pod.labels['app'] &&
        other.behaviour.tag === pod.behaviour.tag &&
        !other.ending &&
        other.name < pod.name,
    );
  }

  private begin(pod: Pod): void {
    const image = pod.spec.containers[0]?.image ?? '';
    const behaviour = behaviourOf(image);
    const wasReady = pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
    const played: PlayedPod = {
      namespace: pod.metadata.namespace ?? 'default',
      name: pod.metadata.name,
      labels: pod.metadata.labels ?? {},
      behaviour,
      answering: this.answering(pod, image, behaviour),
      ready: wasReady,
      ending: false,
      restarts: 0,
      ip: pod.status?.podIP ?? this.address(),
      since: pod.status?.startTime ? Date.parse(pod.status.startTime) : Date.now(),
      timers: [],
    };
    this.played.set(keyOf(pod), played);
    if (!wasReady && !pod.metadata.deletionTimestamp) this.start(pod, played);
    else if (behaviour.crashMs !== undefined)
      this.later(played, this.remaining(pod, behaviour.crashMs), () => this.crash(pod, played));
  }

  private answering({ metadata: { name, namespace, labels } }: Pod, image: string, behaviour: Behaviour): Answering {
    if (behaviour.seed === undefined)
      return createAnswering(
        behaviour,
        [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7),
      );
    const version = JSON.stringify([namespace, labels?.['app'], image]);
    const known = this.sequences.get(version) ?? createAnswering(behaviour, behaviour.seed);
    this.sequences.set(version, known);
    return known;
  }

  private start(pod: Pod, played: PlayedPod): void {
    const { behaviour } = played;
    const becomeReady = (): void => {
      played.ready = true;
      this.report(pod, played, statusOf(pod, played, 'ready'));
    };
    if (behaviour.noImage) return this.report(pod, played, statusOf(pod, played, 'no-image'));
    if (behaviour.neverReady || behaviour.startMs > 0) this.report(pod, played, statusOf(pod, played, 'starting'));
    if (behaviour.neverReady) this.failProbe(pod, played);
    else {
      if (behaviour.startMs > 0) this.later(played, this.remaining(pod, behaviour.startMs), becomeReady);
      else becomeReady();
    }
    if (behaviour.crashMs !== undefined) this.later(played, behaviour.crashMs, () => this.crash(pod, played));
  }

  /** As a kubelet does, it restarts the container repeatedly, with increasing delays. */
  private crash(pod: Pod, played: PlayedPod): void {
    played.ready = false;
    played.restarts += 1;
    this.report(pod, played, statusOf(pod, played, 'crashed'));
    const wait = Math.min(MAX_BACK_OFF_MS, BACK_OFF_MS * 2 ** (played.restarts - 1));
    this.later(played, wait, () => this.crash(pod, played));
  }

  /** Writes the event with which a kubelet reports why a running container is not ready. */
  private failProbe(pod: Pod, played: PlayedPod): void {
    const name = `${played.name}.unhealthy`;
    const now = new Date().toISOString();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: played.namespace },
      involvedObject: { kind: 'Pod', namespace: played.namespace, name: played.name, uid: pod.metadata.uid },
      reason: 'Unhealthy',
      type: 'Warning',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      source: { component: 'kubelet' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    this.api.apply(`/api/v1/namespaces/${played.namespace}/events/${name}`, event).catch((error: unknown) => {
      console.error(`${played.name}: ${String(error)}`);
    });
  }

  private end(pod: Pod, played: PlayedPod): void {
    played.ending = true;
    const path = `/api/v1/namespaces/${played.namespace}/pods/${played.name}`;
    const finish = (): void => {
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        gracePeriodSeconds: 0,
        preconditions: { uid: pod.metadata.uid },
      };
      this.api.remove(path, body).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 409) return;
        console.error(`${played.name}: ${String(error)}; trying again`);
        this.later(played, 1_000, finish);
      });
    };
    this.later(played, SHUTDOWN_MS, finish);
  }

  private report(pod: Pod, played: PlayedPod, status: object): void {
    this.api
      .patch(`/api/v1/namespaces/${played.namespace}/pods/${played.name}/status`, {
        metadata: { uid: pod.metadata.uid },
        status,
      })
      .catch((error: unknown) => {
        if (!this.played.has(keyOf(pod)) || (error instanceof ApiError && [404, 409].includes(error.status))) return;
        console.error(`${played.name}: ${String(error)}; trying again`);
        this.later(played, 1_000, () => this.report(pod, played, status));
      });
  }

  private later(played: PlayedPod, ms: number, what: () => void): void {
    played.timers.push(setTimeout(what, ms));
  }

  /** After a restart of the agent, a delay counts from the pod's start and not from the agent's. */
  private remaining(pod: Pod, ms: number): number {
    const since = pod.status?.startTime ? Date.now() - Date.parse(pod.status.startTime) : 0;
    return Math.max(0, ms - since);
  }

  private address(): string {
    const taken = new Set([...this.played.values()].map((played) => played.ip));
    for (;;) {
      this.nextAddress = (this.nextAddress + 1) % 60_000;
      const ip = `10.${this.range}.${1 + Math.floor(this.nextAddress / 250)}.${1 + (this.nextAddress % 250)}`;
      if (!taken.has(ip)) return ip;
    }
  }
}

type Stage = 'starting' | 'ready' | 'crashed' | 'no-image';

function containerState(stage: Stage, now: string, image: string, restarts: number): object {
  if (stage === 'no-image') {
    const message = `Back-off pulling image "${image}"`;
    return { state: { waiting: { reason: 'ImagePullBackOff', message } }, restartCount: 0 };
  }
  if (stage !== 'crashed') return { state: { running: { startedAt: now } }, restartCount: 0 };
  const terminated = { exitCode: 1, reason: 'Error', startedAt: now, finishedAt: now };
  return {
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } },
    lastState: { terminated },
    restartCount: restarts,
  };
}

function statusOf(pod: Pod, played: PlayedPod, stage: Stage): object {
  const now = new Date().toISOString();
  const ready = stage === 'ready';
  const condition = (type: string, yes: boolean): object => ({
    type,
    status: yes ? 'True' : 'False',
    lastTransitionTime: now,
    ...(yes ? {} : { reason: 'ContainersNotReady' }),
  });
  return {
    phase: stage === 'no-image' ? 'Pending' : 'Running',
    hostIP: `10.${played.ip.split('.')[1]}.0.2`,
    podIP: played.ip,
    podIPs: [{ ip: played.ip }],
    startTime: pod.status?.startTime ?? now,
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: pod.spec.containers.map((container) => ({
      name: container.name,
      image: container.image,
      imageID: container.image,
      containerID: `sandbox://${pod.metadata.uid}`,
      ready,
      started: stage === 'starting' || stage === 'ready',
      ...containerState(stage, now, container.image, played.restarts),
    })),
  };
}
