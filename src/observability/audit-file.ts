import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditEntry } from '../domain/audit.ts';
import { chained } from './audit-chain.ts';

/** More than the longest line: arguments are cut at 10,000 characters. */
const TAIL_BYTES = 128 * 1024;

/** Appends the lines of this process to the audit log, one after the other, each linked to the one before. */
export class AuditFile {
  readonly #path: string | undefined;
  readonly #writer = randomBytes(8).toString('hex');
  #n = 0;
  #prev: string | undefined;
  /** Half of a line may be at the end of the file: a write failed, or its process was killed. */
  #torn = false;
  #turn: Promise<void> = Promise.resolve();

  /** Without a path it writes to stderr. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** Opens the file, and makes it if it is missing. */
  async touch(): Promise<void> {
    await this.#append('', false);
  }

  /** Resolves when the line is in the file, with `flush` when it is on disk. */
  write(entry: AuditEntry, flush = false): Promise<void> {
    const written = this.#turn.then(() => this.#write(entry, flush));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  async #write(entry: AuditEntry, flush: boolean): Promise<void> {
    this.#prev ??= await this.#begin();
    const { line, hash } = chained(entry, { writer: this.#writer, n: this.#n, prev: this.#prev });
    const torn = this.#torn;
    this.#torn = true;
    await this.#append(`${torn ? '\n' : ''}${line}\n`, flush);
    this.#torn = false;
    this.#n += 1;
    this.#prev = hash;
  }

  async #append(text: string, flush: boolean): Promise<void> {
    if (this.#path === undefined) return void process.stderr.write(text);
    await mkdir(dirname(this.#path), { recursive: true });
    // Arguments may contain data that not every user of the machine should read.
    await appendFile(this.#path, text, { mode: 0o600, flush });
  }

  /** The hash of the last line that is there. */
  async #begin(): Promise<string> {
    const tail = this.#path === undefined ? '' : await tailOf(this.#path);
    this.#torn = tail !== '' && !tail.endsWith('\n');
    return [...tail.matchAll(/"hash":"([0-9a-f]{64})"\}\}\n/g)].at(-1)?.[1] ?? '';
  }
}

/** The end of the file, or an empty text if there is no file. */
async function tailOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
