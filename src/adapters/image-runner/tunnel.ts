import { spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../local/temporary-folder.ts';

const FORWARD = fileURLToPath(new URL('./forward.ts', import.meta.url));

/** The network of the process cannot be entered. */
export class TunnelFailure extends Error {}

/** A port in the network of a process. */
interface Inside {
  readonly pid: number;
  readonly port: number;
}

/**
 * Calls `use` with an address of this machine that leads to a port of another network namespace. A process in that
 * namespace listens on a Unix socket, which is a file and needs no network. It takes root on Linux. Errors:
 * TunnelFailure, and those of `use`.
 */
export async function withTunnel<T>(
  inside: Inside,
  signal: AbortSignal,
  use: (address: string) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder('sluice-tunnel-', async (folder) => {
    const socket = join(folder, 'socket');
    const forward = await forwarding(inside, socket, signal);
    const server = createServer((client) => {
      const upstream = connect(socket);
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
    try {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.close();
      forward.end();
    }
  });
}

/** Starts the process of the namespace, and waits until it listens. Errors: TunnelFailure. */
async function forwarding({ pid, port }: Inside, socket: string, signal: AbortSignal): Promise<{ end(): void }> {
  const args = ['--target', String(pid), '--net', '--', process.execPath, FORWARD, socket, String(port)];
  const child = spawn('nsenter', args, { signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => void (said = (said + part.toString()).slice(0, 300)));
  const failed = await new Promise<string | undefined>((resolve) => {
    child.once('error', ({ message }) => resolve(message)).once('exit', () => resolve(said.trim() || 'it has ended'));
    child.stdout.once('data', () => resolve(undefined));
  });
  if (failed === undefined) return { end: () => void child.kill() };
  throw new TunnelFailure(`the network of the container cannot be entered, which takes root on Linux: ${failed}`);
}
