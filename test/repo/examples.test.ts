import { afterAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ANALYSIS_TEMPLATE } from '../../src/adapters/kubernetes/kinds.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { planRelease } from '../../src/strategies/index.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { read, trackedFiles } from './tracked-files.ts';

const DEFAULTS = {
  defaultStrategy: 'canary',
  requireManualPromotion: true,
  autoRollback: true,
  weightStep: undefined,
} as const;
const examples = trackedFiles().filter((path) => /^examples\/[^/]+\.yaml$/.test(path));

const worlds: FakeWorld[] = [];
afterAll(() => {
  for (const world of worlds) world.stop();
});

test('there are examples', () => expect(examples.length).toBeGreaterThan(3));

test.each(examples)('%s is a release file, and can be released', async (path) => {
  const file = parseReleaseFile(releaseFile, parse(read(path)), DEFAULTS.defaultStrategy);
  const spec = toReleaseSpec(file, 'dev', DEFAULTS);
  const world = createFakeWorld({ strategy: spec.strategy as Strategy, target: spec.target, image: 'shop:v1' });
  worlds.push(world);
  if (spec.analysis.metrics) createTemplate(world);

  const { checks, plan } = await planRelease(world.ports, spec);

  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(plan?.steps.length).toBeGreaterThan(0);
});

/** The AnalysisTemplate that examples name, as Argo's own documentation writes it. */
function createTemplate(world: FakeWorld): void {
  const query =
    'sum(rate(http_requests_total{service="{{args.service-name}}", code!~"5.*"}[2m])) / sum(rate(http_requests_total{service="{{args.service-name}}"}[2m]))';
  const metric = {
    name: 'success-rate',
    interval: '30s',
    count: 5,
    successCondition: 'result[0] >= 0.95',
    failureLimit: 2,
    provider: { prometheus: { address: 'http://prometheus.example.com:9090', query } },
  };
  world.cluster.create(
    { kind: ANALYSIS_TEMPLATE, namespace: world.target.namespace, name: 'success-rate' },
    { spec: { args: [{ name: 'service-name' }], metrics: [metric] } },
  );
}
