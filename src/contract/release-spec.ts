import { DEFAULT_STEPS, type ReleaseSpec, type Strategy, type Timeouts } from '../domain/release/plan.ts';
import { toAnalysis } from './analysis-spec.ts';
import { toMs } from './duration.ts';
import { invalidInput } from './parse.ts';
import { ROLLING_DEFAULT, type ReleaseFile } from './release-file.ts';

/** What a release file leaves to the server's settings. */
export interface ReleaseDefaults {
  /** `rolling`: for new Rollouts only; a release has to name its strategy then. */
  readonly defaultStrategy: Strategy | 'rolling';
  readonly requireManualPromotion: boolean;
  readonly autoRollback: boolean;
  readonly weightStep: number | undefined;
}

/**
 * A checked release file with every default filled in. `cluster`: the context that an absent one stands for. Errors:
 * INVALID_INPUT.
 */
export function toReleaseSpec(file: ReleaseFile, cluster: string, defaults: ReleaseDefaults): ReleaseSpec {
  const strategy = strategyOf(file, defaults);
  return {
    target: { cluster: file.target.cluster ?? cluster, namespace: file.target.namespace, rollout: file.target.rollout },
    image: file.image,
    ...(file.container ? { container: file.container } : {}),
    strategy,
    ...(strategy === 'blue-green' ? { steps: file.steps ?? defaultSteps(defaults.weightStep) } : {}),
    ...(file.traffic?.traefik_service ? { traefikService: file.traffic.traefik_service } : {}),
    analysis: toAnalysis(file.analysis ?? {}),
    approval: file.approval?.required ?? false,
    manualPromotion: file.require_manual_promotion ?? defaults.requireManualPromotion,
    autoRollback: file.auto_rollback ?? defaults.autoRollback,
    restoreTemplate: file.after_rollback?.restore_template ?? true,
    timeouts: toTimeouts(file.timeouts ?? {}),
  };
}

function strategyOf(file: ReleaseFile, { defaultStrategy }: ReleaseDefaults): Strategy {
  if (file.strategy) return file.strategy;
  // The check of the file has refused it already.
  if (defaultStrategy === 'rolling') throw invalidInput([ROLLING_DEFAULT]);
  return defaultStrategy;
}

function toTimeouts(file: NonNullable<ReleaseFile['timeouts']>): Timeouts {
  return {
    stepMs: toMs(file.step ?? '10m'),
    approvalMs: toMs(file.approval ?? '24h'),
    decisionMs: toMs(file.decision ?? '24h'),
    rollbackMs: toMs(file.rollback ?? '15m'),
  };
}

/** N, 2N, … and 100 last. */
export function defaultSteps(weightStep: number | undefined): readonly number[] {
  if (weightStep === undefined) return DEFAULT_STEPS;
  const below = Array.from({ length: Math.ceil(100 / weightStep) - 1 }, (_, index) => (index + 1) * weightStep);
  return [...below, 100];
}
