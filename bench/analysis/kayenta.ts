import { Window, type Rule } from './rule.ts';

const SCRAPES_PER_MINUTE = 4;
const SCRAPES_PER_LOOK = 40;
/** Normal quantile of a two-sided 98 % interval. */
const Z = 2.3263;
const TOLERANCE = 0.25;

type Series = Record<'candidate' | 'stable', number[]>;

/**
 * Kayenta's NetflixACAJudge: one point for each minute and arm, Mann–Whitney at confidence 0.98, a tolerance of 0.25 of
 * the shift's estimate, effect size by the ratio of means. A High metric fails the canary. No data is a pass. It judges
 * all points so far every ten minutes, as an interval of a canary analysis does. Source: spinnaker/kayenta a69573be,
 * kayenta-judge/…/NetflixACAJudge.scala and MannWhitneyClassifier.scala.
 */
export const kayenta: Rule = {
  name: 'Kayenta',
  source:
    'a point a minute, judged every 10 min on all points, confidence 0.98, tolerance 0.25, allowed increase 1; both metrics critical',
  watch() {
    const window = new Window(SCRAPES_PER_MINUTE);
    const series: Record<'errors' | 'slow', Series> = {
      errors: { candidate: [], stable: [] },
      slow: { candidate: [], stable: [] },
    };
    return {
      see(scrape, index) {
        window.add(scrape);
        if ((index + 1) % SCRAPES_PER_MINUTE === 0) note(series, window);
        if ((index + 1) % SCRAPES_PER_LOOK !== 0) return undefined;
        return isHigh(series.errors) || isHigh(series.slow) ? 'fail' : undefined;
      },
      end: () => 'pass',
    };
  },
};

function note(series: Record<'errors' | 'slow', Series>, window: Window): void {
  for (const question of ['errors', 'slow'] as const)
    for (const arm of ['candidate', 'stable'] as const) {
      const share = window.share(question, arm);
      // Minutes without requests have no point.
      if (share !== undefined) series[question][arm].push(share);
    }
}

/** The lower end of the Hodges–Lehmann interval is beyond the tolerance, and the mean has grown. */
export function isHigh({ candidate, stable }: Series): boolean {
  if (candidate.length === 0 || stable.length === 0) return false;
  if (mean(candidate) <= mean(stable)) return false;
  const shifts = candidate.flatMap((a) => stable.map((b) => a - b)).toSorted((x, y) => x - y);
  const [m, n] = [candidate.length, stable.length];
  const rank = Math.max(0, Math.floor((m * n) / 2 - Z * Math.sqrt((m * n * (m + n + 1)) / 12)));
  const estimate = shifts[Math.floor(shifts.length / 2)] ?? 0;
  return (shifts[rank] ?? 0) > TOLERANCE * Math.abs(estimate);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
