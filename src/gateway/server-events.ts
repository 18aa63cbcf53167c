import type { ServerResponse } from 'node:http';
import type { ServerEvent } from '../domain/servers/events.ts';
import { EVENT_STREAM } from './event-stream.ts';

const KEEP_ALIVE_MS = 15_000;
/** Bytes that a slow reader may leave unread before it is cut off. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** Calls the listener with each event. Returns the function that ends this. */
export type Follow = (listener: (event: ServerEvent) => void) => () => void;

/**
 * Answers with the changes of the registry as server-sent events, named as their types, until the reader leaves. The
 * data is the event as JSON. `server`: only the events of this server.
 */
export function streamServerEvents(response: ServerResponse, follow: Follow, server?: string): void {
  response.writeHead(200, EVENT_STREAM);
  response.flushHeaders();
  const alive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
  const unfollow = follow((event) => {
    if (server !== undefined && event.server !== server) return;
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  });
  response.once('close', () => {
    clearInterval(alive);
    unfollow();
  });
}
