import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { KubeObject } from '../cluster/api-client.ts';
import { isBadNow } from './behaviour.ts';
import { listenGrpc } from './grpc.ts';
import type { PlayedPod, Pods } from './pods.ts';
import { forward } from './real-pods.ts';
import type { RealPods } from './real-pods.ts';

export interface Service extends KubeObject {
  spec: {
    clusterIP?: string;
    selector?: Record<string, string>;
    ports?: { port: number; name?: string; targetPort?: number | string }[];
  };
}

export interface TraefikService extends KubeObject {
  spec: { weighted?: { services?: { name: string; weight?: number }[] } };
}

interface Closing {
  close(): void;
}

interface Listening {
  name: string;
  selector: Record<string, string>;
  namespace: string;
  turn: number;
  servers: Closing[];
}

interface ServicePort {
  address: string;
  port: number;
  /** Number or name of the pods' port. */
  targetPort: number | string;
}

const QUICK_MS = 4;

/** The proxy forwards the first bytes before it detects that there are no more. */
function breakOff(response: ServerResponse, tag: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000, 'x-version': tag });
  response.write('{"version":');
  setTimeout(() => response.destroy(), 20);
}

const EVENT_MS = 200;

/** Server-sent events until the client leaves, or for as many seconds as `for` says in the URL. */
function stream(request: IncomingMessage, response: ServerResponse, tag: string): void {
  const seconds = new URL(request.url ?? '/', 'http://pod').searchParams.get('for');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-version': tag });
  response.write(`data: ${tag}\n\n`);
  const events = setInterval(() => response.write(`data: ${tag}\n\n`), EVENT_MS);
  const end = seconds === null ? undefined : setTimeout(() => response.end(), 1000 * Number(seconds));
  response.on('close', () => {
    clearInterval(events);
    clearTimeout(end);
  });
}

/**
 * Traefik drops a deleted Service some seconds later. Until then a refused connection would be a fault of the sandbox.
 */
const LINGER_MS = 10_000;

const keyOf = (service: Service): string => service.metadata.uid ?? '';

/** Listens on every Service's own address and answers as one of its pods. */
export class Services {
  private readonly listening = new Map<string, Listening>();
  /** Percent, by namespace and name of the Service. */
  private readonly weights = new Map<string, number>();
  private readonly pods: Pods;
  private readonly realPods: RealPods;
  private readonly range: number;

  constructor(pods: Pods, realPods: RealPods, range: number) {
    this.pods = pods;
    this.realPods = realPods;
    this.range = range;
  }

  onSet(service: Service): void {
    const selector = service.spec.selector;
    const address = service.spec.clusterIP;
    if (!selector || !address?.startsWith(`127.${this.range}.`)) return;
    const known = this.listening.get(keyOf(service));
    if (known) {
      known.selector = selector;
      return;
    }
    const one: Listening = {
      name: service.metadata.name,
      selector,
      namespace: service.metadata.namespace ?? 'default',
      turn: 0,
      servers: [],
    };
    this.listening.set(keyOf(service), one);
    for (const { port, name, targetPort = port } of service.spec.ports ?? [])
      one.servers.push(
        name === 'grpc' ? this.listenGrpc(one, address, port) : this.listen(one, { address, port, targetPort }),
      );
  }

  onWeights(route: TraefikService): void {
    const entries = route.spec.weighted?.services ?? [];
    const total = entries.reduce((sum, { weight = 1 }) => sum + weight, 0);
    for (const { name, weight = 1 } of entries)
      this.weights.set(`${route.metadata.namespace}/${name}`, total > 0 ? (100 * weight) / total : 0);
  }

  onGone(service: Service): void {
    const one = this.listening.get(keyOf(service));
    this.listening.delete(keyOf(service));
    setTimeout(() => one?.servers.forEach((server) => server.close()), LINGER_MS);
  }

  private listen(one: Listening, { address, port, targetPort }: ServicePort): Closing {
    // There is no idle timeout here: a connection that closes when Traefik reuses it would be a failed request.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) =>
      this.answer(one, targetPort, request, response),
    );
    server.on('error', (error) => console.error(`cannot listen on ${address}:${port}: ${error.message}`));
    server.listen(port, address);
    return {
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  private listenGrpc(one: Listening, address: string, port: number): Closing {
    const server = listenGrpc(address, port, () => {
      const pod = this.choose(one);
      if (!pod) return undefined;
      const { status, delay, breaksOff } = this.decide(one, pod);
      return { version: pod.behaviour.tag, fails: status === 500, breaksOff, delayMs: delay };
    });
    server.catch((error: unknown) => console.error(`cannot listen on ${address}:${port}: ${String(error)}`));
    return { close: () => void server.then((listening) => listening.close()) };
  }

  private answer(
    one: Listening,
    targetPort: number | string,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const { pod, real } = this.next(one, targetPort);
    if (real) return forward(request, response, real);
    request.resume();
    if (!pod) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('no ready pod matches the selector\n');
      return;
    }
    if (request.headers.accept === 'text/event-stream') return stream(request, response, pod.behaviour.tag);
    const { status, delay, breaksOff } = this.decide(one, pod);
    const { behaviour } = pod;
    setTimeout(() => {
      if (breaksOff) return breakOff(response, behaviour.tag);
      response.writeHead(status, { 'content-type': 'application/json', 'x-version': behaviour.tag, 'x-pod': pod.name });
      response.end(`{"version":"${behaviour.tag}","pod":"${pod.name}"}\n`);
    }, delay);
  }

  private decide(one: Listening, pod: PlayedPod): { status: number; delay: number; breaksOff: boolean } {
    const { behaviour, answering } = pod;
    const isBad = isBadNow(behaviour, {
      ageMs: Date.now() - pod.since,
      weight: this.weights.get(`${one.namespace}/${one.name}`) ?? 100,
      isFirstPod: behaviour.onePod && this.pods.isFirst(pod),
    });
    const status = isBad && answering.fails() ? 500 : 200;
    const delay = isBad ? answering.delayMs() : QUICK_MS;
    const breaksOff = isBad && answering.breaksOff();
    return { status, delay, breaksOff };
  }

  private choose(one: Listening): PlayedPod | undefined {
    return this.next(one).pod;
  }

  /** Uses ready pods in turn, real ones after the pretended ones. gRPC has no `targetPort`, and no real pods. */
  private next(one: Listening, targetPort?: number | string) {
    const played = this.ready(one);
    const real = targetPort === undefined ? [] : this.realPods.addresses(one.namespace, one.selector, targetPort);
    one.turn += 1;
    const turn = one.turn % (played.length + real.length);
    return { pod: played[turn], real: real[turn - played.length] };
  }

  /** If all pods are terminating, it uses one of those, as kube-proxy does. */
  private ready(one: Listening): PlayedPod[] {
    const wanted = Object.entries(one.selector);
    const ready = [...this.pods.played.values()].filter(
      (pod) =>
        pod.ready && pod.namespace === one.namespace && wanted.every(([label, value]) => pod.labels[label] === value),
    );
    const staying = ready.filter((pod) => !pod.ending);
    return staying.length > 0 ? staying : ready;
  }
}
