import type { Version } from '../analysis/world.ts';

/** A pair of versions on the sandbox. `version.name` says what it is. */
export interface Scenario {
  readonly id: string;
  readonly version: Version;
  /** Weights of the Rollout's steps, in percent. */
  readonly weights: readonly number[];
}

/**
 * ms that a slow answer takes longer, and the bound that tells it from a fast one: a bucket of the sandbox's Traefik.
 */
export const SLOW_MS = 150;
export const BOUND_MS = 100;

const fast = { candidate: 0, stable: 0 };
const errors = (candidate: number, stable: number) => ({ errors: { candidate, stable }, slow: fast });
/** Small weights where harm is to be expected; half where a proof of "not worse" takes thousands of requests. */
const [CAREFUL, QUICK] = [[25, 50], [50]];
const CLUMPS = { clump: 5, evenClumps: true };

export const SCENARIOS: readonly Scenario[] = [
  { id: 'from-nothing', version: { name: '2 % errors against 0 %', ...errors(0.02, 0) }, weights: CAREFUL },
  { id: 'worse', version: { name: '6 % errors against 2 %', ...errors(0.06, 0.02) }, weights: CAREFUL },
  {
    id: 'slow',
    version: { name: `15 % of answers ${SLOW_MS} ms slower`, errors: fast, slow: { candidate: 0.15, stable: 0 } },
    weights: CAREFUL,
  },
  { id: 'clean', version: { name: 'same: no errors', ...errors(0, 0) }, weights: CAREFUL },
  { id: 'same', version: { name: 'same: 2 % errors', ...errors(0.02, 0.02) }, weights: QUICK },
  {
    id: 'same-clumps',
    version: { name: 'same: 0.5 % errors in clumps of 5', ...errors(0.005, 0.005), ...CLUMPS },
    weights: QUICK,
  },
  {
    id: 'worse-clumps',
    version: { name: '6 % errors against 0.5 %, in clumps of 5', ...errors(0.06, 0.005), ...CLUMPS },
    weights: CAREFUL,
  },
];

/** The image of one arm, as sandbox/node-agent/behaviour.ts reads it. */
export function imageOf(
  { errors: bad, slow, clump }: Version,
  arm: 'candidate' | 'stable',
  number: number,
  seed: number,
): string {
  const parts = [
    ...(bad[arm] > 0 ? [`errors-${percent(bad[arm])}`] : []),
    ...(bad[arm] > 0 && clump !== undefined ? [`clump-${clump}`] : []),
    ...(slow[arm] > 0 ? [`slow-${SLOW_MS}`, `share-${percent(slow[arm])}`] : []),
  ];
  return `shop:${[`v${number}`, ...parts, `seed-${seed}`].join('-')}`;
}

const percent = (share: number): number => Number((100 * share).toFixed(6));

/** Scenarios with the same kind of stable version and the same weights take turns on one application. */
export function kindOf({ version, weights }: Scenario): string {
  return `${weights.join()} ${imageOf(version, 'stable', 0, 0)}`;
}

/** Whether a version that was promoted behaves as the stable one before it did. */
export function isSame({ version: { errors: bad, slow } }: Scenario): boolean {
  return bad.candidate === bad.stable && slow.candidate === slow.stable;
}
