import type { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { LineReader } from './lines.ts';
import type { Wire, WireEvents } from './wire.ts';

/** Time for a process to end by itself after its stdin was closed, and again after SIGTERM. */
const GRACE_MS = 2_000;
const SHOWN_STDERR = 300;

/** The wire of a process that was just started with `command`. A line of more than `messageBytes` is dropped. */
export function childWire(child: ChildProcess, command: string, messageBytes: number, events: WireEvents): Wire {
  return new ChildWire(child, command, messageBytes, events);
}

class ChildWire implements Wire {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #lastWords = '';

  constructor(child: ChildProcess, command: string, messageBytes: number, events: WireEvents) {
    this.#child = child;
    const lines = new LineReader(
      messageBytes,
      (text) => events.message(text),
      (edges) => events.oversized(edges),
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => lines.take(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-SHOWN_STDERR);
    });
    // Writing to a process that has ended is reported by its exit.
    this.#child.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      let told = false;
      const tell = (how: string): void => {
        if (told) return;
        told = true;
        resolve();
        events.closed(new SluiceError('UPSTREAM_UNREACHABLE', `${basename(command)} ${how}.${this.#said()}`));
      };
      this.#child.on('error', (error) => tell(`cannot be started: ${error.message}`));
      // `close` comes after the last line of its output, `exit` may come before.
      this.#child.once('close', (code, signal) => tell(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    });
  }

  send(text: string): void {
    this.#child.stdin?.write(`${text.includes('\n') ? text.replaceAll(/\r?\n/g, ' ') : text}\n`);
  }

  pause(): void {
    this.#child.stdout?.pause();
  }

  resume(): void {
    this.#child.stdout?.resume();
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    this.resume();
    const asked = setTimeout(() => this.#kill('SIGTERM'), GRACE_MS);
    const forced = setTimeout(() => this.#kill('SIGKILL'), 2 * GRACE_MS);
    await this.#ended;
    clearTimeout(asked);
    clearTimeout(forced);
  }

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group has ended in the meantime.
    }
  }

  #said(): string {
    const said = cleanText(this.#lastWords.trim(), SHOWN_STDERR);
    return said === '' ? '' : ` It wrote last: ${said}`;
  }
}
