import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SluiceError } from '../../domain/errors.ts';
import type { ForwardEvents, Forwarding } from '../../ports/pod-streams.ts';
import { V4, type Channels } from '../kubernetes/channels.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { apiPath, POD } from '../kubernetes/kinds.ts';
import { plainLine } from '../kubernetes/text.ts';
import { opened } from './opened.ts';

const LOOPBACK = '127.0.0.1';
const DATA = 0;
/** The server sends the number of the port first on each channel. */
const HEAD_BYTES = 2;

export async function forward(
  client: ClusterClient,
  what: Forwarding,
  events: ForwardEvents,
  signal: AbortSignal,
): Promise<{ readonly connections: number }> {
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // The other side tells what happened.
    socket.on('error', () => undefined);
    joined(client, what, socket, signal).catch((error: unknown) => {
      if (!signal.aborted) events.failed(plainLine(error instanceof Error ? error.message : String(error), 400));
      socket.destroy();
    });
  });
  events.listening(await listening(server, what.localPort));
  if (!signal.aborted) await once(signal, 'abort');
  const closed = once(server, 'close');
  server.close();
  for (const socket of open) socket.destroy();
  await closed;
  return { connections };
}

async function listening(server: Server, port: number): Promise<number> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why = plainLine((cause as Error).message);
    throw new SluiceError('NOT_APPLICABLE', `Port ${port} of ${LOOPBACK} cannot be used: ${why}.`, {
      next: 'Choose another local_port, or leave it out for a free one.',
      cause,
    });
  }
  return (server.address() as AddressInfo).port;
}

/** Each local connection has a WebSocket of its own. */
async function joined(
  client: ClusterClient,
  { namespace, pod, port }: Forwarding,
  socket: Socket,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  const either = AbortSignal.any([signal, gone.signal]);
  const path = `${apiPath(POD, namespace, pod)}/portforward?ports=${port}`;
  try {
    const what = `reach port ${port} of ${namespace}/${pod}`;
    const channels = await opened(client, what, path, { protocols: [V4], signal: either });
    const sent = feed(channels, socket);
    await drain(channels, socket);
    channels.close();
    await sent;
  } catch (error) {
    if (!either.aborted) throw error;
  } finally {
    socket.end();
  }
}

async function feed(channels: Channels, socket: Socket): Promise<void> {
  try {
    for await (const part of socket) await channels.send(DATA, part as Buffer);
  } catch {
    // The other direction tells what happened.
  }
}

async function drain(channels: Channels, socket: Socket): Promise<void> {
  const heads = new Map<number, number>();
  for await (const { channel, data } of channels.messages) {
    const skip = Math.min(data.length, HEAD_BYTES - (heads.get(channel) ?? 0));
    heads.set(channel, (heads.get(channel) ?? 0) + skip);
    const rest = data.subarray(skip);
    if (rest.length === 0) continue;
    if (channel !== DATA) throw new Error(rest.toString());
    if (!socket.write(rest)) await once(socket, 'drain');
  }
}
