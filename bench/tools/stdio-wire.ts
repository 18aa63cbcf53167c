import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Launch } from './contenders.ts';
import { answerOf, message, type Answer, type Wire } from './wire.ts';

const LIMIT_MS = 60_000;
const NEWLINE = 10;

/** Starts a server and calls it over its pipes. */
export class StdioWire implements Wire {
  readonly #child: ChildProcess;
  #id = 0;
  #chunks: Buffer[] = [];
  #waiting: ((line: Buffer | Error, at: number) => void) | undefined;

  constructor({ command, args, env }: Launch) {
    this.#child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.once('error', (error) => this.#waiting?.(error, 0));
    this.#child.once('exit', () => this.#waiting?.(new Error(`${command} ended`), 0));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async request(method: string, params: object): Promise<Answer> {
    const id = (this.#id += 1);
    const began = performance.now();
    this.#child.stdin?.write(`${message(method, params, id)}\n`);
    for (;;) {
      const { line, at } = await this.#line(method);
      const result = answerOf(line.toString(), id);
      if (result) return { ms: at - began, bytes: line.length, result };
    }
  }

  notify(method: string, params: object): Promise<void> {
    this.#child.stdin?.write(`${message(method, params)}\n`);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin?.end();
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    this.#child.kill();
    await ended;
    clearTimeout(timer);
  }

  #line(method: string): Promise<{ line: Buffer; at: number }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method} within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
      this.#waiting = (line, at) => {
        this.#waiting = undefined;
        clearTimeout(timer);
        if (line instanceof Error) reject(line);
        else resolve({ line, at });
      };
    });
  }

  /** Only one request is open at a time, so one line is expected. Other lines are notifications. */
  #take(chunk: Buffer): void {
    const at = performance.now();
    for (let rest = chunk; ; ) {
      const end = rest.indexOf(NEWLINE);
      if (end < 0) return void this.#chunks.push(rest);
      const line = Buffer.concat([...this.#chunks, rest.subarray(0, end)]);
      this.#chunks = [];
      rest = rest.subarray(end + 1);
      if (!line.includes('"method"') || line.includes('"result"')) this.#waiting?.(line, at);
    }
  }
}
