import { expect, test } from '@jest/globals';
import { childName, metricsServiceName, readCounted, weightedName } from '../../../src/domain/route/names.ts';

const place = { namespace: 'd1', route: 'one', index: 0, service: 'one-stable', port: '8080' };

// Observed on Traefik 3.7.15, with safeNaming off and on.
test.each([
  ['flat', 'd1-one-stable-8080', 'd1-one'],
  ['safe', 'd1_one_wrr_0_d1_one-stable_8080', 'd1_one'],
] as const)('names with the naming %s', (naming, child, weighted) => {
  expect(childName(place, naming)).toBe(child);
  expect(weightedName(place, naming)).toBe(weighted);
});

test('repeated hyphens are folded, as Traefik folds them', () => {
  expect(metricsServiceName('feat--login', 'api--canary', '80')).toBe('feat-login-api-canary-80@kubernetescrd');
  expect(metricsServiceName('shop', 'web', 'http')).toBe('shop-web-http@kubernetescrd');
});

test.each([
  [['d1-one-stable-8080@kubernetescrd'], 'flat', 1],
  [['d1_one_wrr_0_d1_one-stable_8080@kubernetescrd'], 'safe', 1],
  [[], 'flat', 0],
] as const)('with counters under %j the naming is %s', async (counted, naming, count) => {
  const read = async (name: string) => ({ requests: counted.filter((one) => one === name) });
  const found = await readCounted(place, read);

  expect(found.naming).toBe(naming);
  expect(found.counters.requests).toHaveLength(count);
});
