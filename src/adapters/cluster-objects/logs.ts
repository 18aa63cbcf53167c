import { SluiceError } from '../../domain/errors.ts';
import type { LogQuery } from '../../ports/cluster-objects.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { failureOf, serverStatus, unreachable } from '../kubernetes/failure.ts';
import { apiPath, POD } from '../kubernetes/kinds.ts';
import type { ApiResponse } from '../kubernetes/transport.ts';

/** The API server asks the kubelet, which may be slow. */
const TIMEOUT_MS = 10_000;

/** The words of the API server for a node without an address. */
const NO_ADDRESS = 'no preferred addresses found';

/** Errors: OBJECT_NOT_FOUND, NOT_APPLICABLE with the reason of the kubelet. */
export async function readLog(client: ClusterClient, query: LogQuery): Promise<string> {
  const what = whatOf(query);
  const response = await client.request(what, { path: pathOf(query), accept: '*/*', timeoutMs: TIMEOUT_MS });
  if (response.status < 300) return response.body;
  throw failure(client, response, what);
}

/** The log in pieces, as it is written. An aborted `signal` ends it without an error. Errors: as `readLog`. */
export async function followLog(
  client: ClusterClient,
  query: LogQuery,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const what = whatOf(query);
  const path = `${pathOf(query)}&follow=true`;
  const { chunks, ...head } = await client.stream(what, { path, accept: '*/*', timeoutMs: TIMEOUT_MS }, signal);
  if (head.status < 300) return pieces(client, chunks, what, signal);
  throw failure(client, { ...head, body: await new Response(chunks).text() }, what);
}

async function* pieces(
  { cluster }: ClusterClient,
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!signal.aborted) throw unreachable(cause, cluster, what, TIMEOUT_MS);
  }
}

const whatOf = ({ namespace, pod, container }: LogQuery): string =>
  `read the log of ${namespace}/${pod}, container ${container}`;

function pathOf({ namespace, pod, container, previous, tailLines, limitBytes, sinceSeconds }: LogQuery): string {
  const parameters = new URLSearchParams({
    container,
    tailLines: String(tailLines),
    limitBytes: String(limitBytes),
    ...(previous && { previous: 'true' }),
    ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
  });
  return `${apiPath(POD, namespace, pod)}/log?${parameters.toString()}`;
}

function failure(client: ClusterClient, response: ApiResponse, what: string): SluiceError {
  const { message } = serverStatus(response);
  if (response.status === 404)
    return new SluiceError('OBJECT_NOT_FOUND', `Cluster "${client.cluster}" could not ${what}: ${message}`);
  if (response.status === 401 || response.status === 403 || response.status === 429)
    return failureOf(response, client.cluster, what);
  if (message.includes(NO_ADDRESS))
    return new SluiceError(
      'NOT_APPLICABLE',
      `Cluster "${client.cluster}" could not ${what}: the node of the pod has no address at which the API server could ask its kubelet. A node without a kubelet, for example that of a sandbox, gives no logs.`,
      { next: 'Call k8s_describe for the pod: its state and events are known without a kubelet.' },
    );
  // The API server passes on what the kubelet says, for example that the container waits to start, also with 500.
  return new SluiceError('NOT_APPLICABLE', `Cluster "${client.cluster}" could not ${what}: ${message}`, {
    next: 'Call k8s_describe for the pod: its state and events say why there is no log.',
  });
}
