import type { AuditFact } from './audit-fact.ts';
import type { Sha256 } from './plan-digest.ts';

/** A fact with its place in the chain of a journal. One chain has the facts of all releases. */
export interface AuditLink extends AuditFact {
  /** 1, 2, 3 … */
  readonly n: number;
  /** Hash of the link before. Empty for the first. */
  readonly prev: string;
  /** SHA-256 in hex of the JSON list of all other fields. */
  readonly hash: string;
}

/** The link of a fact after `last`. */
export function linked(fact: AuditFact, last: Pick<AuditLink, 'n' | 'hash'> | undefined, sha256: Sha256): AuditLink {
  const place = { n: (last?.n ?? 0) + 1, prev: last?.hash ?? '' };
  return { ...fact, ...place, hash: hashOf({ ...fact, ...place }, sha256) };
}

function hashOf({ n, event, at, releaseId, runId, kind, data, prev }: Omit<AuditLink, 'hash'>, sha256: Sha256): string {
  return sha256(JSON.stringify([n, event, at, releaseId, runId, kind, data, prev]));
}

/** What a check of the chain has found. */
export interface AuditLinksCheck {
  readonly entries: number;
  /** Hash of the last link. Empty if there is none. */
  readonly last: string;
  readonly broken: readonly { readonly n: number; readonly why: string }[];
}

/** Reads the links of one chain in their order, and says where it is broken. */
export class AuditLinks {
  #entries = 0;
  #last: Pick<AuditLink, 'n' | 'hash'> = { n: 0, hash: '' };
  readonly #hashes = new Set<string>();
  readonly #broken: { n: number; why: string }[] = [];
  readonly #sha256: Sha256;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  read(link: AuditLink): void {
    const { n, prev, hash } = link;
    this.#entries += 1;
    if (hashOf(link, this.#sha256) !== hash) this.#broken.push({ n, why: 'it was changed after it was written' });
    else if (n !== this.#last.n + 1)
      this.#broken.push({ n, why: `entries ${this.#last.n + 1} to ${n - 1} are missing before it` });
    else if (prev !== this.#last.hash) this.#broken.push({ n, why: 'the entry before it is another one' });
    this.#last = { n, hash };
    this.#hashes.add(hash);
  }

  has(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  get result(): AuditLinksCheck {
    return { entries: this.#entries, last: this.#last.hash, broken: this.#broken };
  }
}
