import type { Client } from '@grpc/grpc-js';
import { GRPC_PATH } from '../node-agent/grpc.ts';

const DEADLINE_MS = 10_000;
const asBytes = (bytes: Buffer): Buffer => bytes;

/** The end of a call: the gRPC status, and the version from its headers. */
export interface GrpcEnd {
  readonly code: number;
  readonly version: string;
}

/** Calls the sample application's method through a proxy, with one connection for each application. */
export class GrpcCaller {
  private readonly clients = new Map<string, Promise<Client>>();

  /**
   * `entry`: host and port of the proxy. `authority`: the name by which the proxy routes to the application. Never
   * rejects.
   */
  async call(entry: string, authority: string): Promise<GrpcEnd> {
    const key = `${entry} ${authority}`;
    const client = this.clients.get(key) ?? connect(entry, authority);
    this.clients.set(key, client);
    const connected = await client;
    return new Promise((resolve) => {
      let version = 'none';
      const deadline = Date.now() + DEADLINE_MS;
      const call = connected.makeServerStreamRequest(GRPC_PATH, asBytes, asBytes, Buffer.alloc(0), { deadline });
      call.on('metadata', (metadata) => (version = String(metadata.get('x-version')[0] ?? version)));
      call.on('data', () => undefined);
      // The status event has the same information and always comes.
      call.on('error', () => undefined);
      call.on('status', ({ code }) => resolve({ code, version }));
    });
  }
}

async function connect(entry: string, authority: string): Promise<Client> {
  const { Client, credentials } = await import('@grpc/grpc-js');
  return new Client(entry, credentials.createInsecure(), { 'grpc.default_authority': authority });
}
