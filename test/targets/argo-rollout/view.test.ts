import { expect, test } from '@jest/globals';
import { durationSeconds } from '../../../src/targets/argo-rollout/view.ts';

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
