import type { MetricsPort } from './metrics.ts';
import type { RolloutsPort } from './rollouts.ts';
import type { TrafficPort } from './traffic.ts';

/** Everything that activities and the planner may touch. */
export interface Ports {
  readonly rollouts: RolloutsPort;
  readonly traffic: TrafficPort;
  readonly metrics: MetricsPort;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
