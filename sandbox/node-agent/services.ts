import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { KubeObject } from '../cluster/api-client.ts';
import type { PlayedPod, Pods } from './pods.ts';

export interface Service extends KubeObject {
  spec: { clusterIP?: string; selector?: Record<string, string>; ports?: { port: number }[] };
}

interface Listening {
  selector: Record<string, string>;
  namespace: string;
  turn: number;
  servers: Server[];
}

/** Traefik drops a deleted Service some seconds later; until then a refused connection would be our doing. */
const LINGER_MS = 10_000;

const keyOf = (service: Service): string => service.metadata.uid ?? '';

/** Listens on every Service's own address and answers as one of the pods behind it. */
export class Services {
  private readonly listening = new Map<string, Listening>();
  private readonly pods: Pods;
  private readonly range: number;

  constructor(pods: Pods, range: number) {
    this.pods = pods;
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
    const one: Listening = { selector, namespace: service.metadata.namespace ?? 'default', turn: 0, servers: [] };
    this.listening.set(keyOf(service), one);
    for (const { port } of service.spec.ports ?? []) one.servers.push(this.listen(one, address, port));
  }

  onGone(service: Service): void {
    const one = this.listening.get(keyOf(service));
    this.listening.delete(keyOf(service));
    setTimeout(
      () =>
        one?.servers.forEach((server) => {
          server.close();
          server.closeAllConnections();
        }),
      LINGER_MS,
    );
  }

  private listen(one: Listening, address: string, port: number): Server {
    // No idle limit of ours: a connection closed just as Traefik reuses it would be a failed request.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) =>
      this.answer(one, request, response),
    );
    server.on('error', (error) => console.error(`cannot listen on ${address}:${port}: ${error.message}`));
    server.listen(port, address);
    return server;
  }

  private answer(one: Listening, request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const pod = this.choose(one);
    if (!pod) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('no ready pod matches the selector\n');
      return;
    }
    const { behaviour, answering } = pod;
    const status = answering.fails() ? 500 : 200;
    const delay = answering.delayMs();
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-version': behaviour.tag, 'x-pod': pod.name });
      response.end(`{"version":"${behaviour.tag}","pod":"${pod.name}"}\n`);
    }, delay);
  }

  /** Ready pods in turn; when all are ending, one of those, as kube-proxy does. */
  private choose(one: Listening): PlayedPod | undefined {
    const wanted = Object.entries(one.selector);
    const ready = [...this.pods.played.values()].filter(
      (pod) =>
        pod.ready && pod.namespace === one.namespace && wanted.every(([label, value]) => pod.labels[label] === value),
    );
    const staying = ready.filter((pod) => !pod.ending);
    const candidates = staying.length > 0 ? staying : ready;
    one.turn += 1;
    return candidates[one.turn % candidates.length];
  }
}
