import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { connect, constants, createSecureServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificates } from './certificates.ts';

const UNAUTHENTICATED = '16';

interface Wanted {
  readonly certificates: Certificates;
  /** The key that every call has to send as its bearer token. */
  readonly apiKey: string;
}

/** What stands before a real Temporal server: TLS with certificates of clients, and a key in every call. */
export interface SecuredTemporal {
  /** As in 127.0.0.1:40001. */
  readonly address: string;
  /** The namespaces that calls named in the header by which Temporal Cloud finds the server. */
  readonly namespaces: ReadonlySet<string>;
  close(): Promise<void>;
}

/** `address`: of the Temporal server, as in 127.0.0.1:7233. */
export async function securedTemporal(address: string, { certificates, apiKey }: Wanted): Promise<SecuredTemporal> {
  const { ca, server: own } = certificates;
  const temporal = connect(`http://${address}`);
  const [namespaces, sockets] = [new Set<string>(), new Set<Socket>()];
  const server = createSecureServer({
    ...{ cert: readFileSync(own.cert), key: readFileSync(own.key), ca: readFileSync(ca) },
    ...{ requestCert: true, rejectUnauthorized: true },
  });
  server.on('secureConnection', (socket: Socket) => void sockets.add(socket));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => stream.destroy());
    if (headers.authorization !== `Bearer ${apiKey}`) return refuse(stream);
    if (headers['temporal-namespace'] !== undefined) namespaces.add(String(headers['temporal-namespace']));
    const { authorization: _, ':authority': __, ...others } = headers;
    pass(stream, temporal.request(others));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespaces,
    async close() {
      sockets.forEach((socket) => socket.destroy());
      temporal.destroy();
      await closed(server);
    },
  };
}

/** An answer of gRPC that has trailers only. */
function refuse(stream: ServerHttp2Stream): void {
  const answer = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNAUTHENTICATED };
  stream.respond({ ...answer, 'grpc-message': 'the key is not valid' }, { endStream: true });
}

/** Passes a call and its answer on, with the trailers, which have the status of gRPC. */
function pass(stream: ServerHttp2Stream, request: ReturnType<ReturnType<typeof connect>['request']>): void {
  let trailers: OutgoingHttpHeaders = {};
  request.on('trailers', (found: OutgoingHttpHeaders) => void (trailers = found));
  request.on('error', () => stream.destroy());
  stream.on('close', () => request.close(constants.NGHTTP2_CANCEL));
  request.on('response', (found, flags) => {
    const only = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(found, only ? { endStream: true } : { waitForTrailers: true });
    if (only) return;
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    request.pipe(stream);
  });
  stream.pipe(request);
}

const closed = (server: Http2Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
