import type { TrafficRef } from './traffic.ts';

/** What is put in front of a route's Services: limits, breakers and mirrors. */
export interface MiddlewaresPort {
  /** Names of the middlewares on the route and on each of its Services. */
  attached(ref: TrafficRef): Promise<readonly string[]>;
}
