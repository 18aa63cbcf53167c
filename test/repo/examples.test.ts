import { afterAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { preflight } from '../../src/planning/preflight.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import { read, trackedFiles } from './tracked-files.ts';

const DEFAULTS = { defaultStrategy: 'canary', requireManualPromotion: true, autoRollback: true, weightStep: undefined } as const;
const examples = trackedFiles().filter((path) => /^examples\/.*\.yaml$/.test(path));

const worlds: FakeWorld[] = [];
afterAll(() => {
  for (const world of worlds) world.stop();
});

test('there are examples', () => expect(examples.length).toBeGreaterThan(3));

test.each(examples)('%s is a release file, and can be released', async (path) => {
  const file = parseReleaseFile(releaseFile, parse(read(path)), DEFAULTS.defaultStrategy);
  const spec = toReleaseSpec(file, 'dev', DEFAULTS);
  const world = createFakeWorld({ strategy: spec.strategy, target: spec.target, image: 'shop:v1' });
  worlds.push(world);

  const { checks, plan } = await preflight(world.ports, spec);

  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(plan?.steps.length).toBeGreaterThan(0);
});
