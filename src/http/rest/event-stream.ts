import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Answer } from '../answer.ts';

const KEEP_ALIVE_MS = 15_000;

/** Whether the caller requests events: its Accept header names their type, and not JSON as well. */
export function wantsEvents(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((part) => part.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/event-stream') && !types.includes('application/json');
}

type Progress = (message: string, fraction?: number) => Promise<void>;

/**
 * Answers with server-sent events: any number of `progress` with {message, fraction}, then one `result` or `error`. The
 * data of the last event is the body of the plain answer. The status is 200, because it is sent before the outcome is
 * known.
 */
export async function streamAnswer(
  reply: FastifyReply,
  run: (progress: Progress) => Promise<Answer>,
  keepAliveMs = KEEP_ALIVE_MS,
): Promise<void> {
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  out.flushHeaders();
  const alive = setInterval(() => write(out, ': still here\n\n'), keepAliveMs);
  try {
    const { body } = await run(async (message, fraction) =>
      write(out, event('progress', { message, ...(fraction === undefined ? {} : { fraction }) })),
    );
    write(out, event(body.result ? 'result' : 'error', body));
  } finally {
    clearInterval(alive);
    out.end();
  }
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function write(out: ServerResponse, text: string): void {
  if (!out.writableEnded && !out.destroyed) out.write(text);
}
