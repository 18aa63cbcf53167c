import type { Finding, Judged, Outcome } from '../analysis/verdict.ts';
import type { CommandOutcomeKind } from '../release/command.ts';
import type { WeightProof } from '../release/proof.ts';
import type { ReleaseState } from '../release/state.ts';
import type { Target } from '../release/target.ts';
import type { QueryRecord } from '../release/record.ts';

/**
 * The report of one release. Times are epoch ms, shares 0…1, weights the candidate's in percent, evidence natural
 * logarithms.
 */
export interface ReleaseReport {
  readonly release: ReportHead;
  /** Two plain sentences: the experience of users, and the version that they have. */
  readonly summary: readonly string[];
  readonly steps: readonly ReportStep[];
  readonly weights: WeightCourse;
  /** Errors first, then slow answers by their bound. */
  readonly comparisons: readonly Comparison[];
  readonly metrics: readonly MetricCourse[];
  /** Absent if the sequential judge compared nothing. */
  readonly evidence?: ReportEvidence;
  readonly verdicts: readonly VerdictPeriod[];
  readonly people: readonly Person[];
  readonly events: readonly ReportEvent[];
  readonly commands: readonly ReportCommand[];
  readonly queries: readonly QueryCourse[];
  /** What the reader has to know about the record itself. */
  readonly notes: readonly string[];
}

export interface ReportHead {
  readonly id: string;
  readonly run: string;
  readonly target: Target;
  readonly strategy: string;
  readonly image: string;
  readonly previous?: string;
  readonly state: ReleaseState;
  readonly reason: string;
  readonly starter: string;
  readonly started: number;
  readonly closed?: number;
  /** Time of the newest fact. */
  readonly until: number;
  /** Percent of the users on the new version. Absent if the release does not know. */
  readonly users?: number;
  /** The decision that the release waits for, with the possible answers. */
  readonly waiting?: { readonly for: string; readonly answers: readonly string[] };
  /** Absent if fixed limits alone decide. */
  readonly alpha?: number;
  /** Nothing is counted: the metrics of the release file alone decide. */
  readonly metricsAlone?: true;
}

/** One weight of the plan. */
export interface ReportStep {
  readonly index: number;
  readonly weight: number;
  readonly proved?: number;
  /** When the controller first reported it, where no proxy was read. */
  readonly reported?: number;
  /** Outcome of its last verdict. */
  readonly outcome?: Outcome;
}

export interface WeightCourse {
  /** The weight is valid from `at` on. */
  readonly wanted: readonly { readonly at: number; readonly weight: number }[];
  readonly proofs: readonly (Pick<WeightProof, 'at' | 'wanted' | 'effective' | 'reason'> & { readonly step: number })[];
  /** Share of the requests that the candidate answered, with Wilson's 95 % interval. */
  readonly measured: readonly Bucket<Share>[];
}

export interface Bucket<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
}

/** `low`, `high`: Wilson's score interval, 95 % (src/domain/analysis/share.ts). */
export interface Share {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

/** Bad answers of both arms over time. */
export interface Comparison {
  /** `errors`, or `slow-300ms`. */
  readonly name: string;
  /** The definition of a bad answer in this comparison. */
  readonly counted: string;
  /**
   * `blocks`: the counts between scrapes, as the sequential judge used them. `verdicts`: the counts of each verdict
   * since its step began.
   */
  readonly source: 'blocks' | 'verdicts';
  readonly buckets: readonly Bucket<{ readonly candidate?: Share; readonly stable?: Share }>[];
}

/** A measurement that was compared with a limit, one value for each verdict. */
export interface MetricCourse {
  readonly name: string;
  readonly unit: 'ratio' | 'ms' | 'number';
  readonly points: readonly {
    readonly at: number;
    readonly value: number;
    readonly limit?: number;
    readonly outcome: Judged;
  }[];
}

/** Both directions of the e-test (src/domain/analysis/block-test.ts). */
export interface ReportEvidence {
  /** ln(1/α). */
  readonly bound: number;
  /** The mean over all questions for "worse". It decides on failure. */
  readonly together: readonly { readonly at: number; readonly worse: number }[];
  readonly questions: readonly QuestionEvidence[];
}

export interface QuestionEvidence {
  readonly name: string;
  /** Margin as a difference of shares, and dispersion. Absent if no verdict had them. */
  readonly delta?: number;
  readonly phi?: number;
  readonly blocks: number;
  readonly points: readonly EvidencePoint[];
  /** The maximum so far. A bound that was reached counts as reached from then on. */
  readonly most: { readonly worse: number; readonly better: number };
  /** The time at which "not worse" reached the bound. */
  readonly proved?: number;
  readonly candidate: Count;
  readonly stable: Count;
}

/** `better`: evidence for "not worse". */
export interface EvidencePoint {
  readonly at: number;
  readonly worse: number;
  readonly better: number;
}

export interface Count {
  readonly requests: number;
  readonly bad: number;
}

/** Consecutive verdicts of one step with the same result. Figures are those of the last verdict. */
export interface VerdictPeriod {
  /** A look of the guard, before the step was judged or after the release. Absent for a verdict on the step. */
  readonly by?: 'guard';
  readonly step: number;
  readonly weight: number;
  readonly outcome: Outcome;
  readonly from: number;
  readonly to: number;
  readonly times: number;
  readonly reason: string;
  readonly candidate?: { readonly requests: number; readonly errors: number };
  readonly stable?: { readonly requests: number; readonly errors: number };
  /** `dry`: the finding is shown but does not decide. */
  readonly findings: readonly (Pick<Finding, 'metric' | 'outcome' | 'measured' | 'limit' | 'reason'> & {
    readonly dry?: true;
  })[];
}

export interface ReportEvent {
  readonly at: number;
  readonly state: ReleaseState;
  readonly text: string;
  readonly who?: string;
}

export interface Person {
  readonly who: string;
  readonly did: readonly { readonly at: number; readonly text: string }[];
}

export interface ReportCommand {
  readonly at: number;
  readonly id: string;
  readonly command: string;
  readonly outcome: CommandOutcomeKind;
  readonly detail: string;
}

/** One query of one arm: how often it was sent, and the newest answers. */
export interface QueryCourse {
  readonly name: string;
  readonly arm?: 'candidate' | 'stable';
  readonly promql: string;
  readonly asked: number;
  readonly failed: number;
  readonly answers: readonly (Pick<QueryRecord, 'at' | 'values' | 'error'> & { readonly step: number })[];
}
