import type { MetricsPort } from './metrics.ts';
import type { MiddlewaresPort } from './middlewares.ts';
import type { RolloutFeed } from './rollout-feed.ts';
import type { RolloutObjectsPort } from './rollout-objects.ts';
import type { RolloutSteeringPort } from './rollout-steering.ts';
import type { RolloutsPort } from './rollouts.ts';
import type { RoutesPort } from './routes.ts';
import type { TemplatesPort } from './templates.ts';
import type { TrafficPort } from './traffic.ts';

/** Everything that activities and the planner may touch. */
export interface Ports {
  readonly rollouts: RolloutsPort;
  readonly traffic: TrafficPort;
  readonly metrics: MetricsPort;
  readonly templates: TemplatesPort;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What the single tools use besides. */
export interface ToolPorts extends Ports {
  readonly rolloutObjects: RolloutObjectsPort;
  readonly rolloutSteering: RolloutSteeringPort;
  readonly rolloutFeed: RolloutFeed;
  readonly routes: RoutesPort;
  readonly middlewares: MiddlewaresPort;
}
