import { textOf, type Count, type Meter } from './meter.ts';

/** The counters of the process as they were at one time. */
export interface PastPage {
  readonly id: number;
  /** Milliseconds since then. A clock of another machine need not agree with this one. */
  readonly age_ms: number;
}

interface Kept {
  readonly id: number;
  readonly at: number;
  readonly counts: ReadonlyMap<string, Count>;
}

const EVERY_MS = 60_000;
/** The judge compares with stable's past hour. */
const MOST = 61;

/**
 * The counters of the past hour, once a minute, and at the start of the process. A judge that begins anew has lost
 * what it read, and reads it here.
 */
export class MeterHistory {
  readonly #meter: Pick<Meter, 'copy'>;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #kept: readonly Kept[] = [];

  /** `now`: milliseconds that only rise. */
  constructor(meter: Pick<Meter, 'copy'>, now: () => number = () => performance.now(), everyMs = EVERY_MS) {
    this.#meter = meter;
    this.#now = now;
    this.keep();
    this.#timer = setInterval(() => this.keep(), everyMs);
    this.#timer.unref();
  }

  /** Keeps the counters of now. */
  keep(): void {
    const last = this.#kept.at(-1);
    const page = { id: (last?.id ?? 0) + 1, at: this.#now(), counts: this.#meter.copy(last?.counts) };
    this.#kept = [...this.#kept, page].slice(-MOST);
  }

  /** The oldest first. */
  pages(): readonly PastPage[] {
    return this.#kept.map(({ id, at }) => ({ id, age_ms: Math.round(this.#now() - at) }));
  }

  /** A page in the text format of Prometheus. Undefined: it is not kept, or no longer. */
  text(id: number): string | undefined {
    const page = this.#kept.find((kept) => kept.id === id);
    return page && textOf([...page.counts.values()]);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
