import type { TemplateFacts } from '../analysis/template/check-templates.ts';
import type { Owner } from './target.ts';

/** The Rollout's own step, as preflight needs it. */
export interface StepFacts {
  readonly setWeight?: number;
  readonly pause?: { readonly seconds?: number };
  readonly other?: string;
}

export interface RolloutFacts {
  readonly strategy: 'canary' | 'blue-green' | 'unknown';
  readonly images: Readonly<Record<string, string>>;
  readonly workloadRef: boolean;
  readonly podHash: string;
  readonly stableHash: string;
  readonly steps: readonly StepFacts[];
  readonly specPaused: boolean;
  readonly aborted: boolean;
  readonly phase: string;
  readonly message: string;
  readonly observed: boolean;
  readonly stableService?: string;
  readonly candidateService?: string;
  readonly stableSelector?: string;
  readonly candidateSelector?: string;
  readonly traefikService?: string;
  readonly trafficRouting: readonly string[];
  readonly autoPromotion: boolean;
  /** Templates of the canary's background analysis; absent without one. */
  readonly backgroundAnalysis?: readonly string[];
  readonly canaryWeight?: number;
  readonly abortScaleDownDelaySeconds: number;
  readonly owner?: Owner;
}

export interface TrafficFacts {
  readonly name: string;
  readonly weights: readonly { readonly service: string; readonly weight: number; readonly metricsService: string }[];
  readonly owner?: Owner;
}

/** Everything that was read before the release; what could not be read is a failed check already. */
export interface Facts {
  readonly rollout: RolloutFacts;
  readonly traffic?: TrafficFacts;
  /** Text of why the TraefikService could not be read or chosen. */
  readonly trafficProblem?: string;
  readonly metricsProblem?: string;
  readonly proxyProblem?: string;
  /** Argo's templates that the release is judged by. */
  readonly templates?: readonly TemplateFacts[];
}
