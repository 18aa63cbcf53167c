import type { TrafficRef, TrafficView } from './traffic.ts';

/** Weighted routes: an IngressRoute over a TraefikService over two Services. */
export interface RoutesPort {
  /** Errors: TRAFFIC_SERVICE_NOT_FOUND, CLUSTER_*, FORBIDDEN. */
  read(ref: TrafficRef): Promise<TrafficView>;
}
