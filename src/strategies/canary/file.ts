import { podFields, toPodChanges } from '../../contract/pod-fields.ts';
import { smokeField, toSmoke } from '../../contract/smoke-field.ts';
import type { StrategyFile } from '../strategy.ts';

/** The Rollout of a canary contains the steps and the traffic. */
export const file: StrategyFile = {
  fields: { ...podFields, ...smokeField },
  foreign: {
    steps: "not for a canary: the Rollout's own steps are the plan; change them there",
    'traffic.traefik_service':
      'not for a canary: the Rollout names its TraefikService in canary.trafficRouting.traefik',
  },
  toSpec: (file) => ({ ...toPodChanges(file), ...toSmoke(file) }),
};
