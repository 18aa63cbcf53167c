import type { Approvers } from './approval.ts';
import type { PhaseApprovers } from './phase-approvals.ts';
import type { Scenario } from '../servers/conformance.ts';
import type { MetricSpec } from '../analysis/metric-spec.ts';
import type { ResolvedTemplate } from '../analysis/template/resolved.ts';
import type { Open } from '../analysis/verdict.ts';
import type { TemplateChange } from '../template/template-change.ts';
import type { SmokeTests } from '../delivery/smoke.ts';
import type { Target } from './target.ts';
import type { SourcePlans, VersionSources } from './version-source.ts';

/** `limits`: fixed limits alone. `sequential`: a comparison with stable, and fixed limits where the file names some. */
export const JUDGES = ['limits', 'sequential'] as const;

/** The action of a release while its verdict is open. `hold`: wait for data for `holdMs`, then ask. */
export const POLICIES = ['hold', 'extend', 'ask', 'rollback'] as const;
export type Policy = (typeof POLICIES)[number];

/** How the sequential judge decides (src/domain/analysis/running-judge.ts). Margins are differences of shares, 0…1. */
export interface SequentialSettings {
  /** Probability of failing a version that is not worse, and of passing one that is worse. 0 < α ≤ 0.5. */
  readonly alpha: number;
  readonly errorsMargin: number;
  readonly slowMargin: number;
  /**
   * Requests slower than these (ms) are slow. Each must be a bucket bound of Traefik. If empty, latency is not
   * compared. If absent, the bounds are chosen from stable's past.
   */
  readonly slowerThanMs?: readonly number[];
}

/** How a step is judged. Times are milliseconds. Optional fields are absent in releases that older versions started. */
export interface AnalysisSpec {
  /** Minimum time before a step is judged. */
  readonly soakMs: number;
  /** Minimum number of requests to the new version in a step. Fewer are too little traffic. */
  readonly minRequests: number;
  /** Fixed limit: minimum share of answers that are not 5xx, 0…1. Absent if there is no such limit. */
  readonly minSuccessRatio?: number;
  /** Limit of the 95th percentile of the request duration. Absent if there is none. */
  readonly maxP95Ms?: number;
  /** Limits of further percentiles, by 50, 90 and 99. */
  readonly maxQuantileMs?: Readonly<Partial<Record<'50' | '90' | '99', number>>>;
  /** How long an open outcome is held before a decision is requested. */
  readonly holdMs: number;
  /**
   * If present, the sequential judge compares the candidate with stable, and the candidate must be proved not worse. If
   * absent, fixed limits alone decide.
   */
  readonly sequential?: SequentialSettings;
  /** Data of this time after the first weight came into force are ignored. */
  readonly warmUpMs?: number;
  readonly policies?: Readonly<Record<Open, Policy>>;
  /** With policy `extend`: the time before the release is rolled back. */
  readonly extendMs?: number;
  /** An older pass is judged again before the promotion. By default it is twice the soak, and at least five minutes. */
  readonly verdictMaxAgeMs?: number;
  /** Metrics of the release file. */
  readonly metrics?: readonly MetricSpec[];
  /** The release has metrics that a plan does not get, because their queries may not be sent. Never in a release. */
  readonly untried?: true;
}

/** Durations in milliseconds on the release's own clock, which stops during a pause. */
export interface Timeouts {
  /** From the change of a step's weight until the weight is proved. */
  readonly stepMs: number;
  readonly approvalMs: number;
  /** How long a release waits for the answer to a question (for example whether to promote). */
  readonly decisionMs: number;
  /** A rollback that has not settled after this time reports that it needs a human, and continues to try. */
  readonly rollbackMs: number;
}

/**
 * Which implementations a release uses, by their names in src/targets and src/splits. Absent: the first of the list, as
 * in releases of older versions.
 */
export interface Kinds {
  readonly targetKind?: string;
  readonly split?: string;
}

/** The specification of a release, validated and with all defaults. */
export interface ReleaseSpec extends Kinds, VersionSources {
  readonly target: Target;
  /**
   * Identity of the cluster that `target.cluster` named where the release was started. A worker whose context of that
   * name leads to another cluster refuses the release. Absent in releases of older versions.
   */
  readonly clusterUid?: string;
  readonly image: string;
  readonly container?: string;
  /** Images of other containers and init containers that change with it, by container. */
  readonly furtherImages?: Readonly<Record<string, string>>;
  /** Further changes of the pod template (src/domain/template/patched.ts), which come and go back with the image. */
  readonly templatePatch?: Readonly<Record<string, unknown>>;
  /** Name of a strategy (src/strategies). */
  readonly strategy: string;
  /**
   * Weights of the new version in percent, ascending, the last one 100. Only for strategies whose releases choose the
   * weights.
   */
  readonly steps?: readonly number[];
  /** Name of the TraefikService, for a Rollout that names none. If absent, it is found by the Rollout's Services. */
  readonly traefikService?: string;
  readonly analysis: AnalysisSpec;
  /** Why changes of the contract that break callers, or that callers have not agreed to, are accepted. */
  readonly contractReason?: string;
  /** What the new version has to answer before its first traffic. */
  readonly smoke?: SmokeTests;
  /** Asks the new version before its start what users have asked stable. `changing`: paths whose values may differ. */
  readonly replay?: { readonly changing: readonly string[] };
  /** Runs the public conformance suite against the new version. `expected`: scenarios that must fail still. */
  readonly conformance?: { readonly expected: readonly Scenario[] };
  /** Sends calls of users to the new version as well before it gets any, and compares the answers. */
  readonly mirror?: MirrorPlan;
  /** Has reading requests copied to the new version before it gets any users, and compares. */
  readonly copies?: CopySpec;
  /** Releases an image even if Argo would move all traffic to it past the steps. Default: false. */
  readonly acceptFastTrack?: true;
  readonly approval: boolean;
  /** The approval counts from a person only, whoever that is. Absent where nobody proves who calls. */
  readonly approvalByPerson?: true;
  /** Who has to approve. Absent: whoever may approve a release of the target, one of them. */
  readonly approvers?: Approvers;
  /** Who has to approve besides the start. At most one entry for a step, the promotion, and emergencies. */
  readonly approvals?: readonly PhaseApprovers[];
  readonly manualPromotion: boolean;
  readonly autoRollback: boolean;
  /**
   * Ends the start of the version as soon as it can never get ready: its image does not exist, or one pod has restarted
   * this number of times. If absent, the deadline of the step ends it.
   */
  readonly failFast?: { readonly restarts: number };
  /** Whether a rollback puts the stable image back into the template, so that the Rollout is Healthy. */
  readonly restoreTemplate: boolean;
  readonly timeouts: Timeouts;
  /**
   * How long the new version is watched after the release has succeeded, in ms. 0: not at all. Absent in releases of
   * older versions.
   */
  readonly guardMs?: number;
  /** What the start does while another release has the target. Absent: it is refused. */
  readonly whenBusy?: 'queue' | 'supersede';
}

/** `percent`: share of the reading requests that is copied. They are compared within `withinMs`. */
export interface CopySpec {
  readonly percent: number;
  readonly withinMs: number;
  /** The file names weights. They belong to the Rollout where Argo gives them. */
  readonly namesSteps?: true;
}

/** The copies of a planned release, with what judges them. */
export interface CopyPlan extends CopySpec {
  readonly limits: AnalysisSpec;
}

/** `calls`: how many have to be compared, within `withinMs`. `changing`: paths whose values may differ. */
export interface MirrorPlan {
  readonly calls: number;
  readonly withinMs: number;
  readonly changing: readonly string[];
}

/**
 * One weight that the release judges. `pauseIndex`: index of the Rollout's pause step that a promotion ends, where it
 * has one. `watched`: first and last index of the Rollout's steps with this weight, where Argo goes on by itself.
 */
export interface PlanStep {
  readonly weight: number;
  readonly pauseIndex?: number;
  readonly watched?: { readonly first: number; readonly last: number };
}

/**
 * A Service behind the weights, or what stands for it where a version has none, with the value of the label `service`
 * in Traefik's counters. The label is empty where nothing is counted.
 */
export interface Arm {
  readonly service: string;
  readonly metricsService: string;
  /** Selectors of its counters, for people. Absent if they are those of Traefik. */
  readonly counters?: { readonly requests: string; readonly durations: string };
}

/** A check that holds and has `next` is a warning. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly next?: string;
}

/** The image of one container, before and after the release. */
export interface ContainerImage {
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The facts that preflight fixed for the whole release. The workflow acts on these and does not determine them again.
 */
export interface ReleasePlan extends Kinds, SourcePlans {
  /** Labels that every series of the cluster has in Prometheus. Absent if none are needed. */
  readonly matchers?: Readonly<Record<string, string>>;
  readonly container: string;
  /** Image of the stable version, which users have before the release and after a rollback. */
  readonly fromImage: string;
  /** Image in the template when the release was planned. Absent if it was the stable one. */
  readonly templateImage?: string;
  readonly toImage: string;
  /** Other containers whose images change, and go back, in the same write. Absent if there are none. */
  readonly furtherImages?: readonly ContainerImage[];
  /** The release changes more of the template than images. Its images are in it too. */
  readonly template?: TemplateChange;
  readonly stableHash: string;
  readonly steps: readonly PlanStep[];
  /** The pause of the Rollout at which the version has pods and no traffic. Absent: it has none. */
  readonly hold?: { readonly pauseIndex: number };
  /** What the new version has to answer before its first traffic. */
  readonly smoke?: SmokeTests;
  readonly stable: Arm;
  readonly candidate: Arm;
  readonly traefikService: string;
  /** The update was under way when the release was planned: another writer set the image. */
  readonly joined?: true;
  /** How long selectors must be unchanged after an abort: abortScaleDownDelaySeconds and a margin. */
  readonly settleMs: number;
  /** The setting of the release. If absent, only the deadline of the step ends the start. */
  readonly failFast?: { readonly restarts: number };
  /** The arm that has all requests after the release. Absent: the stable one, behind which the versions change. */
  readonly after?: Arm;
  /** The split divides callers, who send different numbers of requests. So no share of the requests is expected. */
  readonly dividesCallers?: true;
  /** The counters name the tools of an MCP server, and each tool is judged by itself too. */
  readonly judgesTools?: true;
  /** Before its first traffic the version gets copies of users' calls. */
  readonly mirror?: MirrorPlan;
  /** Before its first users the version gets copies of reading requests. */
  readonly copies?: CopyPlan;
  /** The weights are the controller's own report, and nothing is counted: metrics of the release file alone judge. */
  readonly controllerOnly?: true;
  /** Templates of Argo that judge the release, as they were when it was planned. */
  readonly templates?: readonly ResolvedTemplate[];
}

/** What is known of a run that was ended from outside. */
export interface Recover {
  readonly plan: ReleasePlan;
  readonly newHash?: string;
  readonly stepIndex: number;
  /** How many steps had passed. Absent in releases of older versions. */
  readonly judgedSteps?: number;
  readonly weightWanted: number;
  /** How the run ended. */
  readonly reason: string;
}

/** The result of preflight: all checks, and the plan when every check holds. */
export interface Preflight {
  readonly checks: readonly Check[];
  readonly plan?: ReleasePlan;
  /** Present when an earlier run ended in the middle of this release. This run has taken over its owner marks. */
  readonly underWay?: Recover;
}

/** The kinds alone; a field that is absent stays absent. */
export function kindsOf({ targetKind, split }: { readonly [Key in keyof Kinds]: Kinds[Key] | undefined }): Kinds {
  return { ...(targetKind !== undefined && { targetKind }), ...(split !== undefined && { split }) };
}
