import { spawn, type ChildProcess } from 'node:child_process';
import { deserializeMessage, serializeMessage, type Transport } from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import type { Upstream } from '../../domain/servers/server.ts';
import { cleanText } from '../../domain/safe-text.ts';

/** Bytes of one message. */
const MAX_MESSAGE = 16 * 1024 * 1024;
/** Lines in a row that are no messages, before the program is given up. The gateway gives up after as many. */
const NONSENSE = 100;
/** Time for a program to end by itself after its stdin was closed, and again after SIGTERM. */
const GRACE_MS = 1_000;
/** Characters of the beginning, and of the end, of what a program writes to its standard error. */
const MOST_WRITTEN = 400;
const MOST_QUOTED = 80;

type Messages = Required<Pick<Transport, 'onmessage'>>['onmessage'];

/**
 * MCP with a program over its stdin and stdout. The transport of the SDK skips lines that are no messages without a
 * word, and returns from `close` before the program has ended. The program has a process group of its own, so that
 * what it has started (npx starts the server as its child) ends with it; also when this process exits meanwhile.
 */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Messages;
  readonly #program: Extract<Upstream, { readonly transport: 'stdio' }>;
  readonly #kill = (): void => this.#signal('SIGKILL');
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  /** The beginning of a line. */
  #parts: Buffer[] = [];
  #stderr = '';
  /** The last line that is no message, and how many there were since the last message. */
  #senseless = '';
  #nonsense = 0;
  #heard = false;
  #failure: string | undefined;

  constructor(program: Extract<Upstream, { readonly transport: 'stdio' }>) {
    this.#program = program;
  }

  /** The client tells a program from a server over HTTP by the presence of this property and of `stderr`. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get stderr(): ChildProcess['stderr'] {
    return this.#child?.stderr ?? null;
  }

  /** Why asking the program again leads to nothing: it writes what is no message. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether the program has written any message. */
  get heard(): boolean {
    return this.#heard;
  }

  /** What the program has written beside messages, as sentences. */
  get written(): string {
    const text = cleanText(this.#stderr.trim(), 2 * MOST_WRITTEN + 3);
    const quoted = this.#senseless === '' || this.#failure !== undefined ? '' : this.#senseless;
    return [
      ...(quoted === '' ? [] : [`It wrote a line that is no message: ${quoted}.`]),
      text === '' ? 'The program wrote nothing to its standard error.' : `The program wrote: ${text}`,
    ].join(' ');
  }

  start(): Promise<void> {
    const { command, args, env } = this.#program;
    const child = spawn(command, [...args], {
      env: { ...getDefaultEnvironment(), ...env },
      stdio: 'pipe',
      detached: true,
    });
    this.#child = child;
    process.on('exit', this.#kill);
    child.stdout.on('data', (chunk: Buffer) => (this.#failure === undefined ? this.#take(chunk) : undefined));
    // It is read to its end, because a full pipe would stop the program.
    child.stderr.on('data', (part: Buffer) => void (this.#stderr = shortened(this.#stderr + part.toString())));
    // Writing to a program that has ended is reported by its end.
    child.stdin.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => {
        resolve();
        if (this.#failure === undefined) this.onclose?.();
      });
    });
    return new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  }

  send(message: Parameters<Transport['send']>[0]): Promise<void> {
    if (!this.#child?.stdin?.writable) return Promise.reject(new Error('The program has ended'));
    this.#child.stdin.write(serializeMessage(message));
    return Promise.resolve();
  }

  /** Resolves when the program and everything in its process group has been ended. */
  async close(): Promise<void> {
    this.#child?.stdin?.end();
    const asked = setTimeout(() => this.#signal('SIGTERM'), GRACE_MS);
    const forced = setTimeout(() => {
      this.#kill();
      // A process that has left the group may hold them open.
      for (const pipe of [this.#child?.stdout, this.#child?.stderr]) pipe?.destroy();
    }, 2 * GRACE_MS);
    await this.#ended;
    clearTimeout(asked);
    clearTimeout(forced);
    this.#kill();
    process.off('exit', this.#kill);
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const line = Buffer.concat([...this.#parts.splice(0), chunk.subarray(from, end)]);
      this.#line(line.toString().trim());
      if (this.#failure !== undefined) return;
      from = end + 1;
    }
    this.#parts.push(chunk.subarray(from));
    const size = this.#parts.reduce((sum, { length }) => sum + length, 0);
    if (size > MAX_MESSAGE) this.#giveUp(`The program writes a line of more than ${MAX_MESSAGE} bytes`);
  }

  #line(text: string): void {
    if (text === '') return;
    let message: ReturnType<typeof deserializeMessage>;
    try {
      message = deserializeMessage(text);
    } catch {
      this.#senseless = cleanText(text, MOST_QUOTED);
      this.#nonsense += 1;
      if (this.#nonsense >= NONSENSE) this.#giveUp(`The program writes what is no message, as in "${this.#senseless}"`);
      return;
    }
    this.#heard = true;
    this.#nonsense = 0;
    this.onmessage?.(message);
  }

  #giveUp(why: string): void {
    this.#failure = why;
    this.#parts = [];
    this.#child?.stdout?.destroy();
    this.#signal('SIGTERM');
    this.onerror?.(new Error(why));
    this.onclose?.();
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child ?? {};
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group has ended.
    }
  }
}

/** Programs tell the reason of a failure first, or after a stack of calls. */
function shortened(text: string): string {
  return text.length <= 2 * MOST_WRITTEN ? text : `${text.slice(0, MOST_WRITTEN)} … ${text.slice(-MOST_WRITTEN + 3)}`;
}
