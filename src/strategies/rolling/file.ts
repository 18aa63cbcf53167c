import { podFields, toPodChanges } from '../../contract/pod-fields.ts';
import type { StrategyFile } from '../strategy.ts';

/** The Rollout contains the steps. No router divides the traffic, so Argo alone says how many pods each version has. */
export const file: StrategyFile = {
  fields: podFields,
  foreign: {
    steps: "not for a rolling release: the Rollout's own steps are the plan; change them there",
    'traffic.traefik_service': 'not for a rolling release: pods divide the traffic, and no TraefikService does',
  },
  toSpec: (given) => ({ ...toPodChanges(given), split: 'argo-status' }),
};
