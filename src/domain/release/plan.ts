import type { MetricSpec } from '../analysis/metric-spec.ts';
import type { ResolvedTemplate } from '../analysis/template/resolved.ts';
import type { Open } from '../analysis/verdict.ts';
import type { Target } from './target.ts';

/** `limits`: fixed limits alone. `sequential`: compared with stable, and fixed limits where the file names some. */
export const JUDGES = ['limits', 'sequential'] as const;

/** What happens to a release while a judge cannot say. `hold`: wait for data for `holdMs`, then ask. */
export const POLICIES = ['hold', 'extend', 'ask', 'rollback'] as const;
export type Policy = (typeof POLICIES)[number];

/** How the sequential judge decides (src/domain/analysis/running-judge.ts). Margins are differences of shares, 0…1. */
export interface SequentialSettings {
  /** Probability of failing a version that is not worse, and of passing one that is. 0 < α ≤ 0.5. */
  readonly alpha: number;
  readonly errorsMargin: number;
  readonly slowMargin: number;
  /**
   * Requests slower than these (ms) are slow; each must be a bucket bound of Traefik. Empty: latency is not compared.
   * Absent: chosen from stable's past.
   */
  readonly slowerThanMs?: readonly number[];
}

/** How a step is judged; times in milliseconds. What is optional is absent in releases that older versions started. */
export interface AnalysisSpec {
  /** A step is judged no earlier. */
  readonly soakMs: number;
  /** Fewer requests to the new version than this in a step are too little traffic. */
  readonly minRequests: number;
  /** Least share of answers that are not 5xx, 0…1; a fixed limit. Absent: no such limit. */
  readonly minSuccessRatio?: number;
  /** Limit of the 95th percentile of the request duration; absent: none. */
  readonly maxP95Ms?: number;
  /** Limits of further percentiles, by 50, 90 and 99. */
  readonly maxQuantileMs?: Readonly<Partial<Record<'50' | '90' | '99', number>>>;
  /** How long an open outcome is held before a decision is asked for. */
  readonly holdMs: number;
  /**
   * Present: the candidate is compared with stable by the sequential judge, and must be proved not worse. Absent: fixed
   * limits alone decide.
   */
  readonly sequential?: SequentialSettings;
  /** Data of this long after the first weight is in force are left out. */
  readonly warmUpMs?: number;
  readonly policies?: Readonly<Record<Open, Policy>>;
  /** With policy `extend`: how long before the release is rolled back. */
  readonly extendMs?: number;
  /** A pass that is older is judged again before the promotion. Absent: twice the soak, and at least five minutes. */
  readonly verdictMaxAgeMs?: number;
  /** Metrics of the release file. */
  readonly metrics?: readonly MetricSpec[];
}

/** Durations in milliseconds, all on the release's own clock, which a pause stops. */
export interface Timeouts {
  /** From a step's shift until its weight is proved. */
  readonly stepMs: number;
  readonly approvalMs: number;
  /** How long a question (promote? failed, what now?) waits for its answer. */
  readonly decisionMs: number;
  /** After this a rollback that has not settled says that it needs a human; it goes on trying. */
  readonly rollbackMs: number;
}

/** A release as asked for; everything defaulted and validated. */
export interface ReleaseSpec {
  readonly target: Target;
  /**
   * Identity of the cluster that `target.cluster` named where the release was started. A worker whose context of that
   * name leads to another cluster refuses the release. Absent in releases of older versions.
   */
  readonly clusterUid?: string;
  readonly image: string;
  readonly container?: string;
  /** Name of a strategy (src/strategies). */
  readonly strategy: string;
  /** Weights of the new version, ascending, last 100. Only of strategies whose releases choose the weights. */
  readonly steps?: readonly number[];
  /** Name of the TraefikService where the Rollout names none; found by its Services when absent. */
  readonly traefikService?: string;
  readonly analysis: AnalysisSpec;
  readonly approval: boolean;
  readonly manualPromotion: boolean;
  readonly autoRollback: boolean;
  /** Whether a rollback puts the stable image back into the template, so that the Rollout is Healthy. */
  readonly restoreTemplate: boolean;
  readonly timeouts: Timeouts;
  /** How long the new version is watched after the release has succeeded, in ms. 0: not at all. Absent in releases of
   * older versions. */
  readonly guardMs?: number;
}

/** One weight that the release stops at. `pauseIndex`: index of the Rollout's pause step, where it has steps. */
export interface PlanStep {
  readonly weight: number;
  readonly pauseIndex?: number;
}

/** A Service behind the weights, with the label that Traefik's counters carry for it. */
export interface Arm {
  readonly service: string;
  readonly metricsService: string;
}

/** `next` on a check that holds: a warning. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly next?: string;
}

/** What preflight found and fixed for the whole release: the workflow acts on this, never on a second guess. */
export interface ReleasePlan {
  /** Labels that every series of the cluster has in Prometheus. Absent: none are needed. */
  readonly matchers?: Readonly<Record<string, string>>;
  readonly container: string;
  readonly fromImage: string;
  readonly toImage: string;
  readonly stableHash: string;
  readonly steps: readonly PlanStep[];
  readonly stable: Arm;
  readonly candidate: Arm;
  readonly traefikService: string;
  /** How long selectors must stand still after an abort: abortScaleDownDelaySeconds and a margin. */
  readonly settleMs: number;
  /** Templates of Argo that the release is judged by, as they were when it was planned. */
  readonly templates?: readonly ResolvedTemplate[];
}

/** What is known of the run that was ended from outside. */
export interface Recover {
  readonly plan: ReleasePlan;
  readonly newHash?: string;
  readonly stepIndex: number;
  readonly weightWanted: number;
  /** How it ended. */
  readonly reason: string;
}

/** Preflight's answer: all checks, and the plan when every one holds. */
export interface Preflight {
  readonly checks: readonly Check[];
  readonly plan?: ReleasePlan;
  /** The target was left in the middle of this release by a run that ended; its marks are this run's now. */
  readonly underWay?: Recover;
}
