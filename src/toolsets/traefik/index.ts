import type { Command } from '../../commands/command.ts';
import { traefikAddCircuitBreaker } from './traefik-add-circuit-breaker.ts';
import { traefikAddRateLimiting } from './traefik-add-rate-limiting.ts';
import { traefikEnableTrafficMirroring } from './traefik-enable-traffic-mirroring.ts';
import { traefikCreateWeightedRoute } from './traefik-create-weighted-route.ts';
import { traefikDetectAnomalies } from './traefik-detect-anomalies.ts';
import { traefikDeleteRoute } from './traefik-delete-route.ts';
import { traefikGetTrafficDistribution } from './traefik-get-traffic-distribution.ts';
import { traefikUpdateRouteWeights } from './traefik-update-route-weights.ts';

/** The tools of the toolset `traefik`, in the order in which doors list them. */
export const TRAEFIK_COMMANDS: readonly Command[] = [
  traefikCreateWeightedRoute,
  traefikUpdateRouteWeights,
  traefikDeleteRoute,
  traefikGetTrafficDistribution,
  traefikAddRateLimiting,
  traefikAddCircuitBreaker,
  traefikEnableTrafficMirroring,
  traefikDetectAnomalies,
];
