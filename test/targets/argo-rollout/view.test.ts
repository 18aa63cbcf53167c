import { expect, test } from '@jest/globals';
import { Rollout } from '../../../src/targets/argo-rollout/schema.ts';
import { durationSeconds, toView } from '../../../src/targets/argo-rollout/view.ts';

test.each<[string | number, number]>([
  [30, 30],
  ['30', 30],
  ['30s', 30],
  ['10m', 600],
  ['1h30m', 5_400],
  ['1.5m', 90],
  ['250ms', 0.25],
  ['soon', 0],
])('a pause of %p lasts %p seconds', (duration, seconds) => {
  expect(durationSeconds(duration)).toBeCloseTo(seconds);
});

test.each([
  ['a router', { trafficRouting: { traefik: {} } }, 30],
  ['a router and a delay', { trafficRouting: { traefik: {} }, abortScaleDownDelaySeconds: 5 }, 5],
  ['no router, where Argo removes the pods at once', {}, 0],
])('after an abort Argo waits with the pods of a canary with %s', (_what, canary, seconds) => {
  const target = { cluster: 'dev', namespace: 'shop', rollout: 'shop' };
  const metadata = { namespace: 'shop', name: 'shop', generation: 1, resourceVersion: '1' };
  const rollout = Rollout.parse({ metadata, spec: { strategy: { canary } } });
  expect(toView(target, rollout, {}).abortScaleDownDelaySeconds).toBe(seconds);
});
