import type { WeightedPlace } from '../route/names.ts';
import type { TemplateFacts } from '../analysis/template/check-templates.ts';
import type { SourceFacts } from '../analysis/sources.ts';
import type { Tried } from '../analysis/trial.ts';
import type { Revision, RolloutState } from '../rollout.ts';
import type { Owner } from './target.ts';

/** The parts of a Rollout's state that preflight looks at. */
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
}

/** What Prometheus answered to everything that the release will ask it. */
export interface SourcesFacts {
  /** Of its clock before this one; absent when it does not tell. */
  readonly aheadMs?: number;
  /** Absent while the arms are not known. */
  readonly counters?: { readonly stable: SourceFacts; readonly candidate: SourceFacts } | undefined;
  readonly tried: readonly Tried[];
}

/** Everything that was read before the release; what could not be read is a failed check already. */
export interface Facts {
  readonly rollout: RolloutFacts;
  /** Versions that the Rollout still has ReplicaSets of; a text: why they could not be read. Absent: none. */
  readonly revisions?: readonly Revision[] | string;
  readonly traffic?: TrafficFacts;
  /** Text of why the TraefikService could not be read or chosen. */
  readonly trafficProblem?: string;
  /** Why Prometheus cannot be asked, and what to do about it. */
  readonly metricsProblem?: { readonly detail: string; readonly next: string };
  readonly sources?: SourcesFacts;
  /** Labels that every series of the cluster has in Prometheus. */
  readonly matchers?: Readonly<Record<string, string>>;
  readonly proxyProblem?: string;
  /** Middlewares that may answer in place of a version; a text: why they could not be read. */
  readonly selfAnswering?:
    | string
    | readonly { readonly middleware: string; readonly type: string; readonly place: string }[];
  /** Argo's templates that the release is judged by. */
  readonly templates?: readonly TemplateFacts[];
}
