import { createHash } from 'node:crypto';
import type { AuditEntry } from '../domain/audit.ts';

/**
 * The place of a line in the audit log. Each process writes a chain of its own, because several processes append to one
 * file at once.
 */
export interface ChainLink {
  /** 8 bytes in hex, drawn by each process. */
  readonly writer: string;
  /** Number of the line among those of this writer, from 0. */
  readonly n: number;
  /**
   * Hash of the writer's line before. Of its first line: hash of the last line that was in the file, by whichever
   * writer. Empty at the beginning of a file.
   */
  readonly prev: string;
  /** SHA-256 of the line without this field, in hex. */
  readonly hash: string;
}

export interface ChainedEntry extends AuditEntry {
  readonly chain: ChainLink;
}

/** The line of an entry, without its newline. */
export function chained(entry: AuditEntry, place: Omit<ChainLink, 'hash'>): { line: string; hash: string } {
  const hash = hashOf(entry, place);
  return { line: JSON.stringify({ ...entry, chain: { ...place, hash } }), hash };
}

function hashOf(entry: object, place: Omit<ChainLink, 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...entry, chain: place }))
    .digest('hex');
}

/** What a check of the log has found. `line` counts from 1 over all its files. */
export interface ChainCheck {
  readonly lines: number;
  /** Lines before the first one with a chain: of a version of Sluice that had none. */
  readonly unchained: number;
  readonly writers: number;
  /** Hash of the last line with a chain. Empty if there is none. */
  readonly last: string;
  /** The first line continues a file that was not given. */
  readonly continued: boolean;
  readonly broken: readonly { readonly line: number; readonly why: string }[];
}

/** Reads the lines of one log in their order, and says where its chains are broken. */
export class ChainReader {
  #lines = 0;
  #unchained = 0;
  #last = '';
  #continued = false;
  readonly #heads = new Map<string, { readonly n: number; readonly hash: string }>();
  readonly #hashes = new Set<string>();
  readonly #broken: { line: number; why: string }[] = [];

  read(text: string): void {
    this.#lines += 1;
    const entry = parsed(text);
    if (!entry) return this.#break('it is no whole line of an audit log');
    if (!entry.chain) return this.#withoutChain();
    const { hash, ...place } = entry.chain;
    const { chain: _, ...bare } = entry;
    if (hashOf(bare, place) !== hash) this.#break('it was changed after it was written');
    else this.#place(entry.chain);
    this.#heads.set(place.writer, { n: place.n, hash });
    this.#hashes.add(hash);
    this.#last = hash;
  }

  has(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  get result(): ChainCheck {
    return {
      lines: this.#lines,
      unchained: this.#unchained,
      writers: this.#heads.size,
      last: this.#last,
      continued: this.#continued,
      broken: this.#broken,
    };
  }

  #withoutChain(): void {
    if (this.#hashes.size > 0) this.#break('it has no chain, and lines before it have one');
    else this.#unchained += 1;
  }

  #place({ writer, n, prev }: ChainLink): void {
    const head = this.#heads.get(writer);
    if (head) {
      if (n > head.n + 1) this.#break(`lines ${head.n + 1} to ${n - 1} of writer ${writer} are missing before it`);
      else if (n <= head.n) this.#break(`line ${n} of writer ${writer} was there before`);
      else if (prev !== head.hash) this.#break('the line before it of its writer is another one');
      return;
    }
    // Two writers that begin an empty file at once have both seen no line.
    if (n === 0 && (prev === '' || this.#hashes.has(prev))) return;
    if (this.#hashes.size === 0) this.#continued = true;
    // Writers that were at work when the file before it was closed may come at any time.
    else if (!this.#continued) this.#break('lines before it are missing');
  }

  #break(why: string): void {
    this.#broken.push({ line: this.#lines, why });
  }
}

function parsed(text: string): (AuditEntry & { readonly chain?: ChainLink }) | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'tool' in value ? (value as ChainedEntry) : undefined;
  } catch {
    return undefined;
  }
}
