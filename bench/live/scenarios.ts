import { DELTA } from '../analysis/sluice.ts';
import { truth, type Version } from '../analysis/world.ts';

/** A pair of versions on the sandbox. `version.name` describes it. */
export interface Scenario {
  readonly id: string;
  readonly version: Version;
  /** Weights of the Rollout's steps, in percent. */
  readonly weights: readonly number[];
  /** When, where and how the new version is bad, in the syntax of an image tag (sandbox/node-agent/behaviour.ts). */
  readonly modifier?: string;
  /** Number of pods of a version, by default two. */
  readonly replicas?: number;
  /** If absent, http. */
  readonly protocol?: 'grpc';
  /** It is not promoted, so the guard must find what becomes bad after a pass. */
  readonly held?: true;
  /** It is judged by the defaults alone, without a configured bound or soak. */
  readonly defaults?: true;
}

/**
 * Additional duration of a slow answer in ms. The bound that separates slow from fast answers is a bucket of the
 * sandbox's Traefik.
 */
export const SLOW_MS = 150;
export const BOUND_MS = 100;

const fast = { candidate: 0, stable: 0 };
const errors = (candidate: number, stable: number) => ({ errors: { candidate, stable }, slow: fast });
/**
 * Small weights for versions that do harm. Half of the traffic where a proof of "not worse" takes thousands of
 * requests.
 */
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
  { id: 'defaults', version: { name: 'same, by the defaults', ...errors(0, 0) }, weights: CAREFUL, defaults: true },
  {
    id: 'turns-bad',
    version: { name: 'good for 30 s, then 6 % errors', ...errors(0.06, 0) },
    weights: [25],
    modifier: 'after-30',
    held: true,
  },
  {
    id: 'bad-at-weight',
    version: { name: 'good at 25 %, 6 % errors at 50 %', ...errors(0.06, 0) },
    weights: CAREFUL,
    modifier: 'at-50',
  },
  {
    id: 'one-pod',
    version: { name: '20 % errors in one pod of four', ...errors(0.2, 0) },
    weights: CAREFUL,
    modifier: 'one-pod',
    replicas: 4,
  },
  {
    id: 'breaks-off',
    version: { name: '30 % of the answers break off', ...errors(0, 0) },
    weights: CAREFUL,
    modifier: 'cut-30',
  },
  {
    id: 'grpc-fails',
    version: { name: 'gRPC, every call fails before its message', ...errors(1, 0) },
    weights: CAREFUL,
    protocol: 'grpc',
  },
  {
    id: 'grpc-fails-late',
    version: { name: 'gRPC, every call fails after its message', ...errors(0, 0) },
    weights: CAREFUL,
    modifier: 'cut-100',
    protocol: 'grpc',
  },
];

/** The image of one arm, in the syntax of sandbox/node-agent/behaviour.ts. */
export function imageOf(
  { version: { errors: bad, slow, clump }, modifier }: Pick<Scenario, 'version' | 'modifier'>,
  arm: 'candidate' | 'stable',
  number: number,
  seed: number,
): string {
  const parts = [
    ...(bad[arm] > 0 ? [`errors-${percent(bad[arm])}`] : []),
    ...(bad[arm] > 0 && clump !== undefined ? [`clump-${clump}`] : []),
    ...(slow[arm] > 0 ? [`slow-${SLOW_MS}`, `share-${percent(slow[arm])}`] : []),
    ...(arm === 'candidate' && modifier !== undefined ? [modifier] : []),
  ];
  return `shop:${[`v${number}`, ...parts, `seed-${seed}`].join('-')}`;
}

const percent = (share: number): number => Number((100 * share).toFixed(6));

/** Scenarios with the same kind of stable version and the same weights share one application. */
export function kindOf({ version, weights, replicas = 2, protocol }: Scenario): string {
  return `${weights.join()} ${replicas} ${protocol ?? 'http'} ${imageOf({ version }, 'stable', 0, 0)}`;
}

/** Whether a version that was promoted behaves like the previous stable one. */
export function isSame({ version: { errors: bad, slow }, modifier }: Scenario): boolean {
  return modifier === undefined && bad.candidate === bad.stable && slow.candidate === slow.stable;
}

/** Whether the new version must not be promoted. */
export function isWorse(scenario: Scenario): boolean {
  return scenario.modifier !== undefined || truth(scenario.version, DELTA) === 'worse';
}
