import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { RolloutState } from '../../src/domain/rollout.ts';
import { specOf } from '../../src/toolsets/release/spec-of.ts';
import { releasePlan } from '../../src/toolsets/release/release-plan.ts';
import { releaseSchedule } from '../../src/toolsets/release/release-schedule.ts';
import { releaseStart } from '../../src/toolsets/release/release-start.ts';
import { createFakeGateway, DEFAULTS, fakeServices } from '../support/fake-gateway.ts';

const file = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };

function contextOf(read: () => Promise<Pick<RolloutState, 'strategy' | 'trafficRouting'>>): CommandContext {
  const services = fakeServices(createFakeGateway());
  const workload = { ...services.ports.workload, read: read as () => Promise<RolloutState> };
  return {
    ...services,
    ports: { ...services.ports, workload },
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}
const rolloutWith = (strategy: RolloutState['strategy'], ...trafficRouting: readonly string[]) =>
  contextOf(() => Promise.resolve({ strategy, trafficRouting }));

test('a file without a strategy takes that of its Rollout', async () => {
  expect(await specOf(rolloutWith('blue-green'), file)).toMatchObject({
    strategy: 'blue-green',
    steps: [5, 10, 25, 50, 100],
  });
  expect((await specOf(rolloutWith('canary', 'traefik'), file)).strategy).toBe('canary');
  // No router divides the traffic.
  expect(await specOf(rolloutWith('canary'), file)).toMatchObject({ strategy: 'rolling', split: 'argo-status' });
});

test('what the file says holds, and the checks of the plan compare it with the Rollout', async () => {
  expect((await specOf(rolloutWith('blue-green'), { ...file, strategy: 'canary' })).strategy).toBe('canary');
});

const stepped = { ...file, steps: [50, 100] };

test('a file without a strategy is not read as that of another strategy than its Rollout has', async () => {
  for (const { check } of [releasePlan, releaseStart]) expect(check?.(stepped, DEFAULTS)).toMatchObject(stepped);
  const created = { action: 'create', every: '1h', release: stepped };
  expect(releaseSchedule.check?.(created, DEFAULTS)).toMatchObject(created);
  expect(await specOf(rolloutWith('blue-green'), stepped)).toMatchObject({
    strategy: 'blue-green',
    steps: [50, 100],
  });
});

test('fields that the strategy of the Rollout does not have are refused, and the text says whose strategy it is', async () => {
  await expect(specOf(rolloutWith('canary', 'traefik'), stepped)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(
      /^steps: not for a canary: .*; the file names no strategy, and that of Rollout shop\/web is canary$/,
    ),
  });
});

test('a Rollout that cannot be read is the fault that is told, also where fields need its strategy', async () => {
  const missing = contextOf(() => Promise.reject(new SluiceError('ROLLOUT_NOT_FOUND', 'no')));

  await expect(specOf(missing, stepped)).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
});

test('a Rollout that cannot be read leaves the setting; the plan says what is wrong with the Rollout', async () => {
  const missing = contextOf(() => Promise.reject(new SluiceError('ROLLOUT_NOT_FOUND', 'no')));

  expect((await specOf(missing, file)).strategy).toBe('canary');
});
