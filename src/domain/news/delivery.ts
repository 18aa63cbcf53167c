import type { NewsEvent } from './told.ts';
import type { NewsFormat } from './message.ts';

/** Who is told what. Secrets are read from files at each delivery. */
export interface NewsReceiver {
  readonly name: string;
  readonly url?: string;
  readonly urlFile?: string;
  readonly secretFile?: string;
  readonly format: NewsFormat;
  readonly events: readonly NewsEvent[];
  /** Empty means all. */
  readonly namespaces: readonly string[];
  /** Addresses of loopback, of private networks and of the link are allowed, and HTTP without TLS. */
  readonly allowPrivate: boolean;
}

/**
 * `refused`: the same message would be refused again. `gone`: the receiver wants no messages any more. `failed`: it may
 * succeed later.
 */
export interface Delivered {
  readonly outcome: 'delivered' | 'refused' | 'gone' | 'failed';
  readonly detail: string;
}

/** What the answer of a receiver means, by its HTTP status. A redirect is not followed. */
export function outcomeOf(status: number): Delivered['outcome'] {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  if (status === 408 || status === 425 || status === 429) return 'failed';
  return status >= 300 && status < 500 ? 'refused' : 'failed';
}

const FIRST_MS = 5_000;
const LAST_MS = 3_600_000;
/** With these waits the last try is about a day after the first one. */
export const MOST_TRIES = 32;

/** The wait after a failed try. `tries`: how many have failed. */
export function waitAfter(tries: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** (tries - 1));
}
