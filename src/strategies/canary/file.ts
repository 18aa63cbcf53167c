import type { StrategyFile } from '../strategy.ts';

/** A canary has no fields of its own: its Rollout contains everything. */
export const file: StrategyFile = {
  fields: {},
  foreign: {
    steps: "not for a canary: the Rollout's own steps are the plan; change them there",
    'traffic.traefik_service':
      'not for a canary: the Rollout names its TraefikService in canary.trafficRouting.traefik',
  },
  toSpec: () => ({}),
};
