import type { Answer } from '../src/domain/analysis/series-problem.ts';
import type { CounterSeries, EvidencePort } from '../src/ports/evidence.ts';

/** The result of an expression at one of its fixed times, epoch ms. Empty if there was none. */
export interface Point {
  readonly at: number;
  readonly answer: Answer;
}

/** The times of a measurement: startMs, and then every stepMs, at most `most` times. */
export interface Times {
  readonly startMs: number;
  readonly stepMs: number;
  readonly most?: number;
}

/** Samples may reach Prometheus late, so this much of the end is fetched again. */
const OVERLAP_MS = 60_000;
/** Prometheus refuses more than 11,000 points of a series. */
const MAX_AT_ONCE = 5_000;
const MAX_POINTS = 10_000;
const UNUSED_MS = 600_000;

interface CacheEntry {
  points: Point[];
  usedAt: number;
}

/**
 * PromQL measurements at times that depend only on the step: every caller and every retry measures the same. They are
 * cached, so that a judgement every second fetches only what is new. After a restart they are fetched again. Errors:
 * those of EvidencePort.
 */
export class Measurements {
  readonly #metrics: EvidencePort;
  readonly #cache = new Map<string, CacheEntry>();

  constructor(metrics: EvidencePort) {
    this.#metrics = metrics;
  }

  /** Every measurement until `toMs`, oldest first. */
  async all(promql: string, times: Times, toMs: number): Promise<readonly Point[]> {
    const count = Math.min(times.most ?? MAX_POINTS, Math.floor((toMs - times.startMs) / times.stepMs) + 1);
    if (count <= 0) return [];
    const entry = this.#entryOf(`${promql}\n${times.startMs}\n${times.stepMs}`, toMs);
    if (entry.points.length < count) await this.#fetch(promql, times, entry, count);
    return entry.points.slice(0, count);
  }

  /** The last measurement. Undefined before the first. */
  async last(promql: string, times: Times, toMs: number): Promise<Point | undefined> {
    if (toMs < times.startMs) return undefined;
    const at = times.startMs + Math.floor((toMs - times.startMs) / times.stepMs) * times.stepMs;
    const entry = this.#entryOf(`${promql}\n${times.startMs}`, toMs);
    const [known] = entry.points;
    if (known?.at === at && known.answer.length > 0) return known;
    const point = { at, answer: await this.#metrics.query(promql, at) };
    entry.points = [point];
    return point;
  }

  #entryOf(key: string, now: number): CacheEntry {
    for (const [other, { usedAt }] of this.#cache) if (now - usedAt > UNUSED_MS) this.#cache.delete(other);
    const entry = this.#cache.get(key) ?? { points: [], usedAt: now };
    entry.usedAt = now;
    this.#cache.set(key, entry);
    return entry;
  }

  async #fetch(promql: string, { startMs, stepMs }: Times, entry: CacheEntry, count: number): Promise<void> {
    let next = Math.max(0, entry.points.length - Math.ceil(OVERLAP_MS / stepMs));
    const points = entry.points.slice(0, next);
    for (; next < count; next += MAX_AT_ONCE) {
      const until = Math.min(count, next + MAX_AT_ONCE);
      const series = await this.#metrics.queryRange(promql, {
        fromMs: startMs + next * stepMs,
        toMs: startMs + (until - 1) * stepMs,
        stepMs,
      });
      points.push(...pointsOf(series, startMs, stepMs, next, until));
    }
    entry.points = points;
  }
}

function pointsOf(
  series: readonly CounterSeries[],
  startMs: number,
  stepMs: number,
  from: number,
  until: number,
): Point[] {
  const answers = Array.from({ length: until - from }, (): { labels: CounterSeries['labels']; value: number }[] => []);
  for (const { labels, samples } of series)
    for (const [at, value] of samples) answers[Math.round((at - startMs) / stepMs) - from]?.push({ labels, value });
  return answers.map((answer, index) => ({ at: startMs + (from + index) * stepMs, answer }));
}
