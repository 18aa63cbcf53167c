import type { StrategyFile } from '../strategy.ts';

/** As for a canary: the Rollout contains everything. */
export const file: StrategyFile = {
  fields: {},
  foreign: {
    steps: "not for a watched canary: the Rollout's own steps and times are the plan; change them there",
    'traffic.traefik_service':
      'not for a watched canary: the Rollout names its TraefikService in canary.trafficRouting.traefik',
  },
  toSpec: () => ({}),
};
