import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import type { Connection } from './connections.ts';

/**
 * Streams over one WebSocket. The first byte of each message is the number of its channel. Source:
 * k8s.io/apimachinery, pkg/util/remotecommand/constants.go.
 */
export interface Channels {
  /** Whether one channel can be closed alone. Only v5 has this. */
  readonly closes: boolean;
  send(channel: number, data: Uint8Array): Promise<void>;
  /** Says that nothing more comes on a channel. */
  end(channel: number): Promise<void>;
  /** Ends when the server closes the connection. Fails when it breaks, and when the signal is aborted. */
  readonly messages: AsyncIterable<ChannelMessage>;
  close(): void;
}

export interface ChannelMessage {
  readonly channel: number;
  readonly data: Buffer;
}

/** The answer of an API server that opens no WebSocket. */
interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Opened = { readonly channels: Channels } | { readonly refused: Refusal };

export const V4 = 'v4.channel.k8s.io';
export const V5 = 'v5.channel.k8s.io';
const CLOSE = 255;
const MAX_MESSAGE = 8 * 1024 * 1024;
/** More than this is not read before the reader has taken it. */
const MAX_WAITING = 4 * 1024 * 1024;
const MAX_BODY = 64 * 1024;

/** Opens a WebSocket to a path of the API server. Fails when there is no answer, also after `timeoutMs`. */
export async function openChannels(
  { server, options }: Connection,
  path: string,
  { protocols, timeoutMs, signal }: { protocols: readonly string[]; timeoutMs: number; signal: AbortSignal },
): Promise<Opened> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
  const begin = AbortSignal.any([signal, late.signal]);
  begin.throwIfAborted();
  const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, protocols, {
    ...options,
    maxPayload: MAX_MESSAGE,
  });
  socket.binaryType = 'nodebuffer';
  // The server may send before anybody reads.
  const messages = received(socket);
  const end = (): void => socket.terminate();
  begin.addEventListener('abort', end, { once: true });
  try {
    return await answered(socket, messages, signal);
  } catch (error) {
    throw begin.aborted ? begin.reason : error;
  } finally {
    clearTimeout(timer);
    begin.removeEventListener('abort', end);
  }
}

function answered(socket: WebSocket, messages: Received, signal: AbortSignal): Promise<Opened> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ channels: channelsOf(socket, messages, signal) }));
    socket.once('error', reject);
    socket.once('unexpected-response', (_: unknown, response: IncomingMessage) => {
      void refusal(response).then((refused) => resolve({ refused }), reject);
    });
  });
}

async function refusal(response: IncomingMessage): Promise<Refusal> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response) {
    bytes += (part as Buffer).length;
    if (bytes <= MAX_BODY) parts.push(part as Buffer);
  }
  return { status: response.statusCode ?? 0, headers: {}, body: Buffer.concat(parts).toString() };
}

function channelsOf(socket: WebSocket, messages: Received, signal: AbortSignal): Channels {
  const abort = (): void => {
    messages.fail(signal.reason as Error);
    socket.terminate();
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => socket.send(bytes, (error) => (error ? reject(error) : resolve())));
  return {
    closes: socket.protocol === V5,
    send: (channel, data) => send(Buffer.concat([Buffer.of(channel), data])),
    end: async (channel) => (socket.protocol === V5 ? send(Buffer.of(CLOSE, channel)) : undefined),
    messages,
    close: () => socket.close(),
  };
}

interface Received extends AsyncIterable<ChannelMessage> {
  fail(error: Error): void;
}

function received(socket: WebSocket): Received {
  const waiting: ChannelMessage[] = [];
  let bytes = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };
  socket.on('message', (message: Buffer) => {
    waiting.push({ channel: message[0] ?? 0, data: message.subarray(1) });
    bytes += message.length;
    if (bytes > MAX_WAITING) socket.pause();
    wake();
  });
  socket.on('error', fail);
  socket.on('close', (code: number) => {
    ended = true;
    // 1006: the connection broke without a closing message.
    if (code === 1006) fail(new Error('the connection broke'));
    wake();
  });
  return {
    fail,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          bytes -= next.data.length + 1;
          if (bytes <= MAX_WAITING) socket.resume();
          yield next;
        } else if (failure) throw failure;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
