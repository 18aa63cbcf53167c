import type { EvidencePort } from './evidence.ts';
import type { MiddlewaresPort } from './middlewares.ts';
import type { RolloutFeed } from './rollout-feed.ts';
import type { RolloutObjectsPort } from './rollout-objects.ts';
import type { RolloutSteeringPort } from './rollout-steering.ts';
import type { WorkloadPort } from './workload.ts';
import type { RoutesPort } from './routes.ts';
import type { TemplatesPort } from './templates.ts';
import type { SplitPort } from './split.ts';

/** Everything that activities and the planner may touch. */
export interface Ports {
  readonly workload: WorkloadPort;
  readonly split: SplitPort;
  readonly evidence: EvidencePort;
  readonly templates: TemplatesPort;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What the single tools use: of any cluster, named in each call. What is counted belongs to a World. */
export interface ToolPorts extends Omit<Ports, 'evidence'> {
  readonly rolloutObjects: RolloutObjectsPort;
  readonly rolloutSteering: RolloutSteeringPort;
  readonly rolloutFeed: RolloutFeed;
  readonly routes: RoutesPort;
  readonly middlewares: MiddlewaresPort;
}
