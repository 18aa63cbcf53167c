import type { Toolset } from '../../commands/toolset.ts';
import { traefikAddCircuitBreaker } from './traefik-add-circuit-breaker.ts';
import { traefikAddRateLimiting } from './traefik-add-rate-limiting.ts';
import { traefikEnableTrafficMirroring } from './traefik-enable-traffic-mirroring.ts';
import { traefikCreateWeightedRoute } from './traefik-create-weighted-route.ts';
import { traefikDetectAnomalies } from './traefik-detect-anomalies.ts';
import { traefikDeleteRoute } from './traefik-delete-route.ts';
import { traefikGetTrafficDistribution } from './traefik-get-traffic-distribution.ts';
import { traefikUpdateRouteWeights } from './traefik-update-route-weights.ts';
import { shadowTesting } from './prompts/shadow-testing.ts';
import { checks } from './checks.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';

export const traefik: Toolset = {
  name: 'traefik',
  onRequest: true,
  about: 'Read and write weighted routes and what protects them, proved on every Traefik replica',
  guidance:
    'The tools traefik_* read and write weighted routes and their middlewares. Each does one thing at once, and nothing watches afterwards. They work without Temporal. traefik_update_route_weights is for routes that no Rollout writes.',
  commands: [
    traefikCreateWeightedRoute,
    traefikUpdateRouteWeights,
    traefikDeleteRoute,
    traefikGetTrafficDistribution,
    traefikAddRateLimiting,
    traefikAddCircuitBreaker,
    traefikEnableTrafficMirroring,
    traefikDetectAnomalies,
  ],
  rights,
  resources: [],
  prompts: [shadowTesting],
  checks,
  settings,
};
