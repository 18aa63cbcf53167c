/**
 * One form of `spec.strategy` of a Rollout (Argo Rollouts 1.10). The argo tools take their facts and texts about it
 * from here. The strategies of a release are a different concept: src/strategies.
 */
export interface ArgoStrategy {
  /** Roles of its two Services, the stable one first. Absent if it has no Services of its own. */
  readonly services?: readonly [stable: string, candidate: string];
  /** Whether it goes through steps of weights. Otherwise it switches from one version to the other at once. */
  readonly stepped: boolean;
  /** Whether Argo writes the weights of the TraefikService that the Rollout names. */
  readonly writesWeights: boolean;
  /** Whether Argo removes the pods of the new version after an abort, even while they get requests. */
  readonly abortEmptiesCandidate: boolean;
  /** When Argo runs the AnalysisTemplates of a new Rollout. */
  readonly analysis: 'in the background' | 'before the promotion';
}

/** Every strategy that a Rollout can be created with. `rolling`: a canary that splits no traffic. */
export const ARGO_STRATEGIES = {
  canary: {
    services: ['stable', 'canary'],
    stepped: true,
    writesWeights: true,
    abortEmptiesCandidate: false,
    analysis: 'in the background',
  },
  'blue-green': {
    services: ['active', 'preview'],
    stepped: false,
    writesWeights: false,
    abortEmptiesCandidate: true,
    analysis: 'before the promotion',
  },
  rolling: { stepped: true, writesWeights: false, abortEmptiesCandidate: false, analysis: 'in the background' },
} as const satisfies Readonly<Record<string, ArgoStrategy>>;

export type ArgoStrategyName = keyof typeof ARGO_STRATEGIES;
export const ARGO_STRATEGY_NAMES = Object.keys(ARGO_STRATEGIES) as readonly ArgoStrategyName[] as readonly [
  ArgoStrategyName,
  ...ArgoStrategyName[],
];

/**
 * The strategy whose weights Argo writes, and the one that switches at once. Both are for texts and for new Rollouts.
 */
export const WEIGHTED = 'canary' satisfies ArgoStrategyName;
export const SWITCHED = 'blue-green' satisfies ArgoStrategyName;

/** Argo's reason for the pause of a version that it holds before it switches to it. */
export const SWITCH_PAUSE = 'BlueGreenPause';

/** What `spec.strategy` of a Rollout names; `unknown`: neither. */
export type RolloutStrategy = Exclude<ArgoStrategyName, 'rolling'> | 'unknown';

interface Shape {
  readonly strategy: RolloutStrategy;
  readonly trafficRouting: readonly string[];
}

/** The usual name of the strategy: a canary that splits no traffic is a rolling update. */
export function argoStrategyName({ strategy, trafficRouting }: Shape): ArgoStrategyName | 'unknown' {
  return strategy !== 'unknown' && ARGO_STRATEGIES[strategy].writesWeights && trafficRouting.length === 0
    ? 'rolling'
    : strategy;
}

/** The facts about the strategy that the spec names. An unknown strategy counts as stepped and writes no weights. */
export function argoStrategy({ strategy }: Pick<Shape, 'strategy'>): ArgoStrategy {
  return strategy === 'unknown' ? ARGO_STRATEGIES.rolling : ARGO_STRATEGIES[strategy];
}

/** Where a Rollout has the fields of its strategy. */
const FIELDS = { canary: 'canary', 'blue-green': 'blueGreen' } as const;

/** The path of the strategy in the Rollout. A Rollout without a strategy has the one whose weights Argo writes. */
export function strategyPath(strategy: RolloutStrategy): string {
  return `spec.strategy.${FIELDS[strategy === 'unknown' ? WEIGHTED : strategy]}`;
}

/** The paths of the fields that name its two Services: the stable one, and that of the new version. */
export function servicePaths(strategy: RolloutStrategy): readonly [stable: string, candidate: string] {
  const [stable, candidate] = ARGO_STRATEGIES[strategy === 'unknown' ? WEIGHTED : strategy].services;
  return [`${strategyPath(strategy)}.${stable}Service`, `${strategyPath(strategy)}.${candidate}Service`];
}

/**
 * A path as Argo's validation gives it, in full. Argo 1.10.1 leaves the strategy out of the path of some fields:
 * spec.strategy.trafficRouting.
 */
export function fullPath(path: string, strategy: RolloutStrategy): string {
  const root = 'spec.strategy.';
  const [field = ''] = path.slice(root.length).split(/[.[]/);
  const short = path.startsWith(root) && !Object.values<string>(FIELDS).includes(field);
  return short ? `${strategyPath(strategy)}.${path.slice(root.length)}` : path;
}

/** Percent of the steps of a new Rollout that names none. */
export const DEFAULT_WEIGHTS: readonly number[] = [5, 10, 25, 50];

/** Argo takes weights in any order. Those of a new Rollout only rise. */
export function ascends(weights: readonly number[]): boolean {
  return weights.every((weight, index) => index === 0 || weight > (weights[index - 1] ?? 0));
}
