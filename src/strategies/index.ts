import { SluiceError } from '../domain/errors.ts';
import { blueGreen } from './blue-green/index.ts';
import { canary } from './canary/index.ts';
import { mcp } from './mcp/index.ts';
import { rolling } from './rolling/index.ts';
import { shadow } from './shadow/index.ts';
import { watchedCanary } from './watched-canary/index.ts';
import type { Preflight, ReleaseSpec } from '../domain/release/plan.ts';
import type { Owner } from '../domain/release/target.ts';
import { withoutEndedMarks } from '../planning/ended-marks.ts';
import type { Ports } from '../ports/index.ts';
import type { SourceFound } from '../ports/workload.ts';
import type { Strategy, Verbs } from './strategy.ts';

/** Every strategy that a release can have. The first one is the default. */
export const STRATEGIES: readonly [Strategy, ...Strategy[]] = [canary, blueGreen, mcp, watchedCanary, rolling, shadow];

export const STRATEGY_NAMES = STRATEGIES.map(({ name }) => name) as [string, ...string[]];

/** The strategy with this name. Errors: STRATEGY_UNKNOWN, for example for a release of a newer version. */
export function strategyOf(name: string): Strategy {
  const strategy = STRATEGIES.find((one) => one.name === name);
  if (strategy) return strategy;
  throw new SluiceError('STRATEGY_UNKNOWN', `No strategy is named "${name}". Known: ${STRATEGY_NAMES.join(', ')}.`);
}

/** The strategy of releases that updates start. */
export function joiningStrategy(): Strategy {
  const strategy = STRATEGIES.find(({ joins }) => joins);
  if (strategy) return strategy;
  throw new SluiceError('STRATEGY_UNKNOWN', 'No strategy joins updates that another writer has begun.');
}

const loaded = new Map<string, Promise<Verbs>>();

/** What the strategy with this name does in a release. It is loaded once. Errors: STRATEGY_UNKNOWN. */
export async function verbsOf(name: string): Promise<Verbs> {
  const verbs = loaded.get(name) ?? strategyOf(name).verbs();
  loaded.set(name, verbs);
  verbs.catch(() => loaded.delete(name));
  return verbs;
}

/**
 * Loads all strategies. For workers: one that loaded a strategy only when a release needs it would take the code of
 * another version, if somebody has exchanged the files since.
 */
export async function loadStrategies(): Promise<void> {
  await Promise.all(STRATEGY_NAMES.map(verbsOf));
}

/**
 * Checks and plans a release by its strategy. Changes nothing. `hasEnded`: whether the run of an owner mark is known to
 * have ended. Its mark then does not prevent the release. Errors: those of the ports, STRATEGY_UNKNOWN.
 */
export async function planRelease(
  world: Ports,
  spec: ReleaseSpec,
  hasEnded: (owner: Owner) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Preflight> {
  const source = await world.workload.source?.(spec);
  const { plan: planWith } = await verbsOf(spec.strategy);
  const plan = () => planWith(withoutEndedMarks(world, spec.target, hasEnded), spec);
  if (!source) return plan();
  try {
    return withSource(await plan(), source);
  } catch (error) {
    // A source without the target explains why there is none.
    if (source.plan || !(error instanceof SluiceError && error.code === 'ROLLOUT_NOT_FOUND')) throw error;
    return { checks: source.checks };
  }
}

function withSource({ plan, ...found }: Preflight, source: SourceFound): Preflight {
  const checks = [...found.checks, ...source.checks];
  return plan && source.plan ? { ...found, checks, plan: { ...plan, ...source.plan } } : { ...found, checks };
}
