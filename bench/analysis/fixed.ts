import type { ArmBlock } from '../../src/domain/analysis/block-test.ts';
import { DELTA } from './sluice.ts';
import type { Decision, Rule } from './rule.ts';
import type { Scrape } from './world.ts';

/** One-sided normal quantile at 5 %, divided between two questions (Bonferroni: 2.5 %). */
const Z = 1.96;

interface Sums {
  readonly candidate: ArmBlock;
  readonly stable: ArmBlock;
}

/** Test statistic of "the difference of shares exceeds the margin", with pooled counts and unpooled variance. */
function z({ candidate, stable }: Sums, delta: number): number {
  const [a, b] = [candidate, stable].map(({ requests, bad }) => (requests === 0 ? 0 : bad / requests)) as [
    number,
    number,
  ];
  const variance = (a * (1 - a)) / Math.max(1, candidate.requests) + (b * (1 - b)) / Math.max(1, stable.requests);
  return variance === 0 ? 0 : (a - b - delta) / Math.sqrt(variance);
}

/** The textbook test of two shares with a margin, at α = 5 % for both questions together. */
export function fixedSample(name: string, looks: 'every-scrape' | 'once'): Rule {
  return {
    name,
    source: `z test of two shares with the same margins, α = 5 % (Bonferroni over two questions), ${looks === 'once' ? 'once at the end' : 'looked at after every scrape'}`,
    watch() {
      const sums = { errors: zero(), slow: zero() };
      const failed = (): Decision | undefined =>
        z(sums.errors, DELTA.errors) > Z || z(sums.slow, DELTA.slow) > Z ? 'fail' : undefined;
      return {
        see(scrape) {
          if (scrape.seen)
            for (const question of ['errors', 'slow'] as const) sums[question] = add(sums[question], scrape[question]);
          return looks === 'once' ? undefined : failed();
        },
        end: () => failed() ?? 'pass',
      };
    },
  };
}

function zero(): Sums {
  return { candidate: { requests: 0, bad: 0 }, stable: { requests: 0, bad: 0 } };
}

function add(a: Sums, b: Scrape['errors']): Sums {
  const arm = (x: ArmBlock, y: ArmBlock) => ({ requests: x.requests + y.requests, bad: x.bad + y.bad });
  return { candidate: arm(a.candidate, b.candidate), stable: arm(a.stable, b.stable) };
}
