import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { KubeObject } from '../cluster/api-client.ts';

export interface RealPod extends KubeObject {
  spec: { containers: { ports?: { name?: string; containerPort: number }[] }[] };
  status?: { podIP?: string; conditions?: { type: string; status: string }[] };
}

interface Address {
  host: string;
  port: number;
}

/** Pods of other nodes, which really run. Requests to a Service are passed on to them, as kube-proxy does. */
export class RealPods {
  private readonly pods = new Map<string, RealPod>();

  onSet(pod: RealPod): void {
    this.pods.set(pod.metadata.uid ?? '', pod);
  }

  onGone(pod: RealPod): void {
    this.pods.delete(pod.metadata.uid ?? '');
  }

  /** Where the ready pods of a Service listen. `port`: its targetPort. Ending pods count only without others. */
  addresses(namespace: string, selector: Record<string, string>, port: number | string): Address[] {
    const ready = [...this.pods.values()].filter(
      ({ metadata, status }) =>
        metadata.namespace === namespace &&
        Object.entries(selector).every(([label, value]) => metadata.labels?.[label] === value) &&
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    const staying = ready.filter(({ metadata }) => !metadata.deletionTimestamp);
    return (staying.length > 0 ? staying : ready).flatMap((pod) => addressOf(pod, port) ?? []);
  }
}

function addressOf({ spec, status }: RealPod, port: number | string): Address | undefined {
  const named = spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === port);
  const number = typeof port === 'number' ? port : named?.containerPort;
  return status?.podIP === undefined || number === undefined ? undefined : { host: status.podIP, port: number };
}

/** Passes one request on, and its answer back. */
export function forward(request: IncomingMessage, response: ServerResponse, { host, port }: Address): void {
  const { method, url: path, headers } = request;
  const outgoing = httpRequest({ host, port, method, path, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    // An answer that the pod breaks off is broken off for the caller too.
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', (error) => {
    if (response.headersSent) return void response.destroy();
    response
      .writeHead(502, { 'content-type': 'text/plain' })
      .end(`the pod ${host}:${port} does not answer: ${error.message}\n`);
  });
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}
