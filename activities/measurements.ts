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
const MOST_AT_ONCE = 5_000;
const MOST = 10_000;
const UNUSED_MS = 600_000;

interface Kept {
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
  readonly #kept = new Map<string, Kept>();

  constructor(metrics: EvidencePort) {
    this.#metrics = metrics;
  }

  /** Every measurement until `toMs`, oldest first. */
  async all(promql: string, times: Times, toMs: number): Promise<readonly Point[]> {
    const count = Math.min(times.most ?? MOST, Math.floor((toMs - times.startMs) / times.stepMs) + 1);
    if (count <= 0) return [];
    const kept = this.#keep(`${promql}\n${times.startMs}\n${times.stepMs}`, toMs);
    if (kept.points.length < count) await this.#fetch(promql, times, kept, count);
    return kept.points.slice(0, count);
  }

  /** The last measurement. Undefined before the first. */
  async last(promql: string, times: Times, toMs: number): Promise<Point | undefined> {
    if (toMs < times.startMs) return undefined;
    const at = times.startMs + Math.floor((toMs - times.startMs) / times.stepMs) * times.stepMs;
    const kept = this.#keep(`${promql}\n${times.startMs}`, toMs);
    const [known] = kept.points;
    if (known?.at === at && known.answer.length > 0) return known;
    const point = { at, answer: await this.#metrics.query(promql, at) };
    kept.points = [point];
    return point;
  }

  #keep(key: string, now: number): Kept {
    for (const [other, { usedAt }] of this.#kept) if (now - usedAt > UNUSED_MS) this.#kept.delete(other);
    const kept = this.#kept.get(key) ?? { points: [], usedAt: now };
    kept.usedAt = now;
    this.#kept.set(key, kept);
    return kept;
  }

  async #fetch(promql: string, { startMs, stepMs }: Times, kept: Kept, count: number): Promise<void> {
    let next = Math.max(0, kept.points.length - Math.ceil(OVERLAP_MS / stepMs));
    const points = kept.points.slice(0, next);
    for (; next < count; next += MOST_AT_ONCE) {
      const until = Math.min(count, next + MOST_AT_ONCE);
      const series = await this.#metrics.queryRange(promql, {
        fromMs: startMs + next * stepMs,
        toMs: startMs + (until - 1) * stepMs,
        stepMs,
      });
      points.push(...pointsOf(series, startMs, stepMs, next, until));
    }
    kept.points = points;
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
