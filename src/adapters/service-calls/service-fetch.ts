import { SluiceError } from '../../domain/errors.ts';
import type { ServiceAt } from '../../ports/service-calls.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { failureOf } from '../kubernetes/failure.ts';
import type { ApiStream } from '../kubernetes/transport.ts';

/** Bytes of one answer. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Headers of one connection only, and those that the API server would take as its own. */
const NOT_SENT = ['connection', 'host', 'content-length', 'authorization'];

/**
 * A fetch whose requests go through the API server to the Service, whatever the host of the address is. Errors:
 * FORBIDDEN, and SERVICE_UNREACHABLE with the words of the API server if it does not reach the Service.
 */
export function serviceFetch(client: ClusterClient, at: ServiceAt): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    // The stream of a session, on which a server may speak by itself. No test waits for that.
    if (request.method === 'GET' && request.headers.get('accept') === 'text/event-stream')
      return new Response(null, { status: 405 });
    const { pathname, search } = new URL(request.url);
    const headers = [...request.headers].filter(([name]) => !NOT_SENT.includes(name));
    const text = await request.text();
    const stream = await client.serviceRequest(
      at,
      {
        method: request.method as 'GET' | 'POST',
        path: `${pathname}${search}`,
        headers: Object.fromEntries(headers),
        ...(text === '' ? {} : { text }),
      },
      request.signal,
    );
    return responseOf(client, at, stream);
  };
}

async function responseOf(
  client: ClusterClient,
  at: ServiceAt,
  { status, headers, chunks }: ApiStream,
): Promise<Response> {
  const kept = Object.entries(headers).filter(([name]) => !['content-encoding', 'content-length'].includes(name));
  // It is read to its end here: a stream of events ends with its answer, and a test waits for nothing after that.
  const body = Buffer.concat(await Array.fromAsync(limited(chunks))).toString();
  if (status >= 400 && isOfApiServer(body)) {
    const what = `reach the Service ${at.namespace}/${at.service}`;
    const failure = failureOf({ status, headers, body }, client.cluster, what);
    if (failure.code === 'FORBIDDEN') throw failure;
    throw new SluiceError('SERVICE_UNREACHABLE', failure.message);
  }
  return new Response([204, 205, 304].includes(status) ? null : body, { status, headers: kept });
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error(`an answer has more than ${MOST_BYTES} bytes`);
    yield chunk;
  }
}

/** The API server answers itself if it may not, or cannot, pass the request on. */
function isOfApiServer(body: string): boolean {
  try {
    const { kind, apiVersion, status } = JSON.parse(body) as Record<string, unknown>;
    return kind === 'Status' && apiVersion === 'v1' && status === 'Failure';
  } catch {
    return false;
  }
}
