import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterClient } from '../../../src/adapters/kubernetes/cluster-client.ts';
import { makeCertificates } from '../certificates.ts';
import { apiVersionOf, kindNamed } from './kinds.ts';

/** A node whose pods get their state from the tests, and whose logs are served as a kubelet serves them. */
export class FakeKubelet {
  readonly node: string;
  /** By "namespace/pod/container". */
  readonly logs = new Map<string, string>();
  readonly #client: ClusterClient;
  #server: Server | undefined;

  constructor(client: ClusterClient, node: string) {
    this.#client = client;
    this.node = node;
  }

  async open(): Promise<void> {
    const { server } = makeCertificates();
    this.#server = createServer(
      { cert: readFileSync(server.cert), key: readFileSync(server.key) },
      (request, response) => {
        const [, route, namespace, pod, container] = new URL(request.url ?? '', 'https://kubelet').pathname.split('/');
        const log = route === 'containerLogs' ? this.logs.get(`${namespace}/${pod}/${container}`) : undefined;
        response.writeHead(log === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(log ?? 'no log');
      },
    );
    await new Promise<void>((done) => this.#server?.listen(0, '127.0.0.1', done));
    await this.#register((this.#server.address() as AddressInfo).port);
  }

  /** The taint keeps pods of other tests away. */
  async #register(port: number): Promise<void> {
    const kind = kindNamed('Node');
    const ref = { kind, name: this.node };
    const spec = { taints: [{ key: 'diagnosis', value: 'test', effect: 'NoSchedule' }] };
    const manifest = { apiVersion: apiVersionOf(kind), kind: 'Node', metadata: { name: this.node }, spec };
    await this.#client.apply(ref, manifest, { fieldManager: 'test' });
    const status = {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    };
    await this.#client.mergePatch(ref, { status }, { subresource: 'status' });
  }

  async close(): Promise<void> {
    const ref = { kind: kindNamed('Node'), name: this.node };
    const { metadata } = (await this.#client.get(ref)) as { metadata: { uid: string } };
    await this.#client.remove(ref, metadata);
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

interface ContainerStatus {
  readonly name?: string;
  readonly state: object;
  readonly lastState?: object;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
}

/** A time in the form of Kubernetes, in whole seconds. */
export const stamp = (ms = Date.now()) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
const whole = ({ name = 'app', ...rest }: ContainerStatus) => ({
  name,
  image: 'shop:v1',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...rest,
});

/** A pod's status as a kubelet writes it. */
export function podStatus(
  containers: readonly ContainerStatus[],
  more: object = {},
  init: readonly ContainerStatus[] = [],
) {
  const ready = containers.every((one) => one.ready === true);
  const condition = (type: string, yes: boolean) => ({
    type,
    status: yes ? 'True' : 'False',
    lastTransitionTime: stamp(),
    ...(yes ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status: [app]' }),
  });
  return {
    phase: ready ? 'Running' : 'Pending',
    startTime: stamp(),
    conditions: [
      condition('PodScheduled', true),
      condition(
        'Initialized',
        init.every(({ ready: done }) => done === true),
      ),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: containers.map(whole),
    ...(init.length > 0 && { initContainerStatuses: init.map(whole) }),
    ...more,
  };
}

export const waiting = (reason: string, message = '') => ({ waiting: { reason, message } });
export const terminated = (exitCode: number, reason = 'Error', message?: string) => ({
  terminated: { exitCode, reason, startedAt: stamp(), finishedAt: stamp(), ...(message !== undefined && { message }) },
});
export const running = (secondsAgo = 0) => ({
  running: { startedAt: stamp(Date.now() - secondsAgo * 1000) },
});

/** Containers that keep crashing, with the end of the last run. */
export const crashing = (exitCode: number, reason = 'Error', restartCount = 4): ContainerStatus => ({
  state: waiting('CrashLoopBackOff', 'back-off 1m20s restarting failed container=app pod=web'),
  lastState: terminated(exitCode, reason),
  restartCount,
  started: false,
});

export const READY: ContainerStatus = { state: running(60), ready: true, started: true };
