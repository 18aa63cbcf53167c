import { expect, test } from '@jest/globals';
import { refusedField } from '../../../src/domain/release/refused-spec.ts';

/** Messages of Argo Rollouts 1.10.1. */
const message = (rest: string): string => `InvalidSpec: The Rollout "web" is invalid: ${rest}`;

test.each([
  [
    'spec.strategy.trafficRouting.maxTrafficWeight: Invalid value: 50: Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
    'spec.strategy.canary.trafficRouting.maxTrafficWeight',
  ],
  [
    'spec.strategy.steps[0].setHeaderRoute: Invalid value: {}: SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix',
    'spec.strategy.canary.steps[0].setHeaderRoute',
  ],
  [
    'spec.strategy.canary.stableService: Invalid value: "web": This rollout uses the same service for the stable and canary services',
    'spec.strategy.canary.stableService',
  ],
  ['spec.selector: Required value: Rollout has missing field', 'spec.selector'],
  [
    'spec.strategy.trafficRouting.alb: Invalid value: null: Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only',
    'spec.strategy.canary.pingPong',
  ],
])('Argo refuses %s', (rest, field) => {
  expect(refusedField({ message: message(rest), strategy: 'canary' })).toBe(field);
});

test('a message without a field names none', () => {
  expect(refusedField({ message: 'RolloutAborted: by a person', strategy: 'canary' })).toBeUndefined();
});

test('fields of a switch at once have the path of their strategy', () => {
  const found = refusedField({
    message: message('spec.strategy.activeService: Invalid value: "web": duplicate'),
    strategy: 'blue-green',
  });
  expect(found).toBe('spec.strategy.blueGreen.activeService');
});
