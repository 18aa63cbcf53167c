import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { RolloutState } from '../../src/domain/rollout.ts';
import { specOf } from '../../src/toolsets/release/spec-of.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';

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

test('fields that the strategy of the Rollout does not have are refused', async () => {
  await expect(specOf(rolloutWith('canary', 'traefik'), { ...file, steps: [50, 100] } as never)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('a Rollout that cannot be read leaves the setting; the plan says what is wrong with the Rollout', async () => {
  const missing = contextOf(() => Promise.reject(new SluiceError('ROLLOUT_NOT_FOUND', 'no')));

  expect((await specOf(missing, file)).strategy).toBe('canary');
});
