import type { WeightedPlace } from '../route/names.ts';
import type { OwnRules } from '../route/crossing.ts';
import type { RivalRoute } from '../route/rival.ts';
import type { TemplateFacts } from '../analysis/template/check-templates.ts';
import type { SourceFacts } from '../analysis/sources.ts';
import type { Tried } from '../analysis/trial.ts';
import type { Revision, RolloutState } from '../rollout.ts';
import type { TemplateFound } from '../template/template-change.ts';
import type { Owner } from './target.ts';

/** The parts of a Rollout's state that preflight reads. */
export type RolloutFacts = Omit<
  RolloutState,
  'target' | 'resourceVersion' | 'stepIndex' | 'controllerPause' | 'pauseReasons' | 'promoteFull'
>;

export interface TrafficFacts {
  readonly name: string;
  readonly weights: readonly {
    readonly service: string;
    readonly weight: number;
    readonly metricsService: string;
    readonly place?: WeightedPlace;
  }[];
  readonly owner?: Owner;
  /** What the controller says of its weights, where no proxy is read. */
  readonly report?: string;
  /** A cookie keeps each client at one version. */
  readonly sticky?: boolean;
}

/** Prometheus' results for every query that the release will send. */
export interface SourcesFacts {
  /** How far its clock is ahead of this one. Absent when Prometheus does not report its time. */
  readonly aheadMs?: number;
  /** Absent while the arms are not known. */
  readonly counters?: { readonly stable: SourceFacts; readonly candidate: SourceFacts } | undefined;
  readonly tried: readonly Tried[];
}

/** All facts that were read before the release. A fact that could not be read is a failed check. */
export interface Facts {
  readonly rollout: RolloutFacts;
  /**
   * Versions of which the Rollout still has ReplicaSets, or the reason why they could not be read. Absent if they are
   * not needed.
   */
  readonly revisions?: readonly Revision[] | string;
  readonly traffic?: TrafficFacts;
  /** The reason why the TraefikService could not be read or chosen. */
  readonly trafficProblem?: string;
  /** The reason why Prometheus cannot be queried, and the next action. */
  readonly metricsProblem?: { readonly detail: string; readonly next: string };
  readonly sources?: SourcesFacts;
  /** Labels that every series of the cluster has in Prometheus. */
  readonly matchers?: Readonly<Record<string, string>>;
  readonly proxyProblem?: string;
  /** The split reports the weights of the target's own controller, and nothing else is read. */
  readonly controllerOnly?: true;
  /** What the release makes of the pod template. Present if its file has `template`. */
  readonly template?: TemplateFound;
  /** Middlewares that may answer in place of a version. If they could not be read, the reason as text. */
  readonly selfAnswering?:
    | string
    | readonly { readonly middleware: string; readonly type: string; readonly place: string }[];
  /** Rules of other routes that may get the requests of the release. Absent where they could not be read. */
  readonly rivals?: readonly RivalRoute[];
  /** The rules that lead to the split. Absent where they could not be read. */
  readonly rules?: OwnRules;
  /** Argo's templates that judge the release. */
  readonly templates?: readonly TemplateFacts[];
}
