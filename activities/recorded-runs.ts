import { isNewStretch } from '../src/domain/analysis/stretch.ts';

/** The memory of a run is dropped after this time without a write. */
const UNUSED_MS = 600_000;
/** Unchanged content is recorded again after this time, so that the journal shows that the judge still looked. */
const REPEAT_MS = 60_000;

interface Due {
  readonly startsAt: number;
  readonly at: number;
  readonly mark?: string;
  readonly leastMs?: number;
}

/** For a release that is held for a week only the newest keys are stored. */
const MAX_KEYS = 5_000;

/**
 * The facts of one run that are already recorded. It prevents a judge that looks every second from writing the same
 * entry every second. Losing it does no harm: the same facts get the same keys, and the journal ignores an existing
 * key.
 */
export class RecordedRun {
  readonly #keys = new Set<string>();
  readonly #due = new Map<string, { readonly at: number; readonly mark: string }>();
  readonly #last = new Map<string, { readonly content: string; readonly at: number }>();
  /** Newest sample time (epoch ms) of the run. Keys of results without samples contain it. */
  newest = 0;
  /** Newest sample time when the run was found to be without data. Undefined while it has data. */
  blindSince: number | undefined;
  usedAt = 0;
  #count = 0;

  /** True once for each key. */
  claim(key: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    if (this.#keys.size > MAX_KEYS) for (const oldest of this.#keys) return this.#keys.delete(oldest);
    return true;
  }

  /**
   * Whether `content` equals the last content of its topic, and that one is younger than `repeatMs`. Otherwise
   * `content` becomes the last one. `at`: epoch ms.
   */
  unchanged(topic: string, content: unknown, at: number, repeatMs = REPEAT_MS): boolean {
    const text = JSON.stringify(content);
    const before = this.#last.get(topic);
    if (before && before.content === text && Math.abs(at - before.at) < repeatMs) return true;
    this.#last.set(topic, { content: text, at });
    return false;
  }

  /**
   * Whether an entry of this topic is recorded: when `mark` differs from the last one, else once in each interval.
   * Intervals grow with the age of the release, and none is shorter than `leastMs`. `startsAt`, `at`: epoch ms.
   */
  isDue(topic: string, { startsAt, at, mark = '', leastMs = 0 }: Due): boolean {
    const last = this.#due.get(topic);
    const early = last !== undefined && (at - last.at < leastMs || !isNewStretch(startsAt, last.at, at));
    if (early && last.mark === mark) return false;
    this.#due.set(topic, { at, mark });
    return true;
  }

  /** 1, 2, 3 … */
  nextNumber(): number {
    this.#count += 1;
    return this.#count;
  }
}

/** The memories of the runs that this process judges. */
export class RecordedRuns {
  readonly #runs = new Map<string, RecordedRun>();

  /** `now` is in epoch ms. It is used to drop unused memories. */
  of(runId: string, now: number): RecordedRun {
    const run = this.#runs.get(runId) ?? new RecordedRun();
    run.usedAt = now;
    this.#runs.set(runId, run);
    for (const [id, { usedAt }] of this.#runs) if (now - usedAt > UNUSED_MS) this.#runs.delete(id);
    return run;
  }
}
