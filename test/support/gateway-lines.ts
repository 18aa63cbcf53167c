import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { serveStdioFront } from '../../src/gateway/stdio-front.ts';

/** A client over stdio in this process, without any client library. */
export interface Lines {
  /** Sends one line. */
  send(message: unknown): void;
  /** The next line. */
  next(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export function openLines(gateway: Gateway, name: string): Lines {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serveStdioFront(gateway, { name, input, output, stopped: new AbortController().signal });
  const lines = createInterface({ input: output });
  const waiting: string[] = [];
  lines.on('line', (line) => waiting.push(line));
  return {
    send: (message) => void input.write(`${JSON.stringify(message)}\n`),
    async next() {
      while (waiting.length === 0) await once(lines, 'line');
      return JSON.parse(waiting.shift() ?? '') as Record<string, unknown>;
    },
    async close() {
      input.end();
      await served;
    },
  };
}
