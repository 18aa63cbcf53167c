import { podFields, toPodChanges } from '../../contract/pod-fields.ts';
import type { StrategyFile } from '../strategy.ts';

/** The split of a Rollout whose router is not read: Argo's status alone says how far the traffic has moved. */
export const REPORTED_SPLIT = 'argo-status';

/** As for a canary: the Rollout contains the steps and the traffic. */
export const file: StrategyFile = {
  fields: podFields,
  foreign: {
    steps: "not for a watched canary: the Rollout's own steps and times are the plan; change them there",
    'traffic.traefik_service':
      'not for a watched canary: the Rollout names its TraefikService in canary.trafficRouting.traefik',
  },
  toSpec: toPodChanges,
};
