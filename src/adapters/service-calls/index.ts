import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { ServiceCallsPort } from '../../ports/service-calls.ts';
import type { Clusters } from '../kubernetes/cluster-client.ts';
import { ENDPOINT_SLICE } from '../kubernetes/kinds.ts';
import { serviceFetch } from './service-fetch.ts';

/** The API server takes a GET to the Service as `get` and a POST as `create`. */
const VERBS = ['get', 'create'];
const SERVICE_LABEL = 'kubernetes.io/service-name';
/** Source: k8s.io/api, discovery/v1/types.go. An endpoint that is not ready counts too: it may get ready. */
const EndpointSlice = z.object({
  endpoints: z.array(z.object({ targetRef: z.object({ name: z.string() }).nullish() })).nullish(),
});

/** ServiceCallsPort through the proxy of the Kubernetes API server. */
export function createServiceCalls(clusters: Clusters): ServiceCallsPort {
  return {
    async missingVerbs({ cluster, namespace }) {
      const right = { group: '', resource: 'services', subresource: 'proxy', namespace };
      const may = await Promise.all(VERBS.map((verb) => clusters.client(cluster).allowed({ ...right, verb })));
      return VERBS.filter((_, index) => may[index] !== true);
    },
    async pods({ cluster, namespace, service }) {
      const slices = await clusters.client(cluster).list(ENDPOINT_SLICE, namespace, `${SERVICE_LABEL}=${service}`);
      const endpoints = slices.flatMap((slice) => EndpointSlice.parse(slice).endpoints ?? []);
      return endpoints.flatMap(({ targetRef }) => targetRef?.name ?? []);
    },
    async http(at, { method, path, body }, signal) {
      const fetched = serviceFetch(clusters.client(at.cluster), at);
      const headers = body === undefined ? {} : { 'content-type': bodyType(body) };
      const init = { method, headers, signal, ...(body === undefined ? {} : { body }) };
      return unlessAway(signal, async () => {
        const response = await fetched(`http://service${path}`, init);
        return { status: response.status, body: await response.text() };
      });
    },
    async withMcp(at, path, signal, use) {
      const fetched = serviceFetch(clusters.client(at.cluster), at);
      const { openServer } = await import('./open-server.ts');
      const limited: typeof fetch = (input, init) =>
        fetched(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal });
      return unlessAway(signal, () => openServer(limited, `http://service${path}`, signal, use));
    },
  };
}

function bodyType(body: string): string {
  try {
    JSON.parse(body);
    return 'application/json';
  } catch {
    return 'text/plain';
  }
}

/** A time limit is a reason like the others. Errors: SERVICE_UNREACHABLE. */
async function unlessAway<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await Promise.race([work(), aborted(signal)]);
  } catch (error) {
    if (error instanceof SluiceError && error.code !== 'CLUSTER_UNREACHABLE') throw error;
    const late = signal.aborted && (signal.reason as { name?: unknown }).name === 'TimeoutError';
    const why = late ? 'it has not answered in time' : error instanceof Error ? error.message : String(error);
    throw new SluiceError('SERVICE_UNREACHABLE', `The service gave no answer: ${why}.`, { cause: error });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
