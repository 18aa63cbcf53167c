import { expect, test } from '@jest/globals';
import { parseReleaseFile, releaseFile } from '../../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../../src/contract/release-spec.ts';
import type { ReleaseSpec } from '../../../src/domain/release/plan.ts';
import { strategyOf, verbsOf } from '../../../src/strategies/index.ts';
import { DEFAULTS } from '../../support/fake-gateway.ts';
import { createFakeWorld, type FakeWorldOptions } from '../../support/fake-world.ts';

const PODS_FIRST = [
  { setCanaryScale: { weight: 25 } },
  { pause: {} },
  { setWeight: 25 },
  { setCanaryScale: { matchTrafficWeight: true } },
  { pause: {} },
];
const NO_PROBLEM = { uncopied: () => Promise.resolve(undefined) };

async function planned(
  world: FakeWorldOptions,
  file: object = {},
  split: object = NO_PROBLEM,
): Promise<{ failed: string[]; plan: Awaited<ReturnType<Awaited<ReturnType<typeof verbsOf>>['plan']>>['plan'] }> {
  const fake = createFakeWorld({ image: 'shop:v1', ...world });
  try {
    const { ports, target } = fake;
    const spec = specOf({ target: { namespace: target.namespace, rollout: target.rollout }, ...file });
    const { plan } = await verbsOf('shadow');
    const found = await plan({ ...ports, split: { ...ports.split, ...methods(ports.split), ...split } }, spec);
    return {
      failed: found.checks.filter(({ ok }) => !ok).map((one) => `${one.name}: ${one.detail} ${one.next ?? ''}`),
      plan: found.plan,
    };
  } finally {
    fake.stop();
  }
}

/** The ports of the fake world are proxies, whose members a spread does not copy with their log. */
const methods = (split: object): object =>
  Object.fromEntries(Object.keys(split).map((name) => [name, Reflect.get(split, name) as unknown]));

function specOf(file: object): ReleaseSpec {
  const given = { image: 'shop:v2', strategy: 'shadow', ...file };
  return toReleaseSpec(parseReleaseFile(releaseFile, given), 'dev', DEFAULTS);
}

test('copies have defaults, and belong to this strategy alone', () => {
  const target = { namespace: 'shop', rollout: 'shop' };
  expect(specOf({ target }).copies).toEqual({ percent: 20, withinMs: 480_000 });
  expect(specOf({ target, copies: { percent: 50, within: '2m' }, steps: [100] })).toMatchObject({
    copies: { percent: 50, withinMs: 120_000, namesSteps: true },
    steps: [100],
  });
  expect(() => specOf({ target, strategy: 'canary', copies: {} })).not.toThrow();
  expect(() => specOf({ target, strategy: 'canary', copies: { percent: 5 } })).toThrow(
    /copies.percent: not for strategy canary/,
  );
  expect(strategyOf('shadow').joins).toBeUndefined();
});

test('a preview without users gets copies, and then the weights of the file', async () => {
  const { failed, plan } = await planned({ strategy: 'blue-green' }, { steps: [50, 100] });
  expect(failed).toEqual([]);
  expect(plan).toMatchObject({
    steps: [{ weight: 50 }, { weight: 100 }],
    copies: { percent: 20, limits: { soakMs: 60_000 } },
  });
});

test('copies are the first step of a canary whose steps hold pods without users', async () => {
  const { failed, plan } = await planned({ strategy: 'canary', steps: PODS_FIRST });
  expect(failed).toEqual([]);
  expect(plan).toMatchObject({ hold: { pauseIndex: 1 }, steps: [{ weight: 25, pauseIndex: 4 }] });
});

test.each<[string, readonly Record<string, unknown>[]]>([
  ['no pods before the first weight', [{ setWeight: 25 }, { pause: {} }]],
  ['a timed pause', [PODS_FIRST[0] as object, { pause: { duration: '1m' } }, ...PODS_FIRST.slice(2)] as never],
  ['pods that do not follow the weight', [...PODS_FIRST.slice(0, 3), { pause: {} }]],
])('a canary is refused with the steps to set: %s', async (_what, steps) => {
  const { failed, plan } = await planned({ strategy: 'canary', steps });
  expect(plan).toBeUndefined();
  expect(failed.join('\n')).toContain(`Set spec.strategy.canary.steps: ${JSON.stringify(PODS_FIRST)}`);
});

test('a file may not name what the Rollout of a canary has itself', async () => {
  const file = { steps: [100], traffic: { traefik_service: 'other' } };
  const { failed } = await planned({ strategy: 'canary', steps: PODS_FIRST }, file);
  expect(failed.join('\n')).toMatch(/Remove steps from the release file[^]*Remove traffic.traefik_service/);
});

test.each([
  [{ copies: { within: '1m' } }, 'no longer than the soak'],
  [{ copies: { within: '10m' } }, 'a step may take 600 s'],
])('the time of the copies lies between the soak and the time of a step: %j', async (file, text) => {
  const { failed } = await planned({ strategy: 'blue-green' }, file);
  expect(failed.join('\n')).toContain(text);
});

test('a route that cannot be copied is refused with the reason', async () => {
  const problem = { detail: 'no rule leads to it', next: 'Choose another strategy.' };
  const { failed } = await planned({ strategy: 'blue-green' }, {}, { uncopied: () => Promise.resolve(problem) });
  expect(failed).toEqual(['copies: no rule leads to it Choose another strategy.']);
  const without = await planned({ strategy: 'blue-green' }, {}, { uncopied: undefined });
  expect(without.failed).toEqual([expect.stringContaining('copies no requests')]);
});
