import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import type { CommandContext } from '../../../src/commands/command.ts';
import type { Strategy } from '../../support/fake-world-options.ts';
import { createFakeGateway } from '../../support/fake-gateway.ts';
import { worldServices } from '../../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from '../../support/fake-world.ts';

jest.setTimeout(30_000);

let world: FakeWorld;
let context: CommandContext;
afterEach(() => world.stop());

async function stage(options: FakeWorldOptions): Promise<void> {
  world = createFakeWorld(options);
  context = {
    ...worldServices(world, createFakeGateway()),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  world.foreignImage('shop:v2');
  await world.until(({ paused }) => paused);
}

function find(tool: string) {
  const command = CATALOGUE.find(({ name }) => name === tool);
  if (!command) throw new Error(`no tool ${tool}`);
  return command;
}

async function call(tool: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const command = find(tool);
  const output = await command.run(
    context,
    command.check({ namespace: 'shop', name: 'shop', ...more }, context.settings),
  );
  command.output.parse(output);
  return output;
}

const asked = (tool: string, more: Record<string, unknown> = {}) =>
  find(tool).confirmation?.(context, find(tool).check({ namespace: 'shop', name: 'shop', ...more }, context.settings));
const confirm = { confirm: 'shop/shop' };

describe('canary', () => {
  beforeEach(() => stage({}));

  test('a weight that one Traefik replica does not serve is pending, and the reason names the replica', async () => {
    world.lagReplica('traefik-2', Infinity);

    const answer = await call('argo_promote_rollout');

    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringMatching(/traefik-2 has weight 5, wanted 25/),
      after: { step: 3, weight: 25 },
    });
  });

  test('an abort is not proved while a silent replica may still send traffic to the canary', async () => {
    world.silenceReplica('traefik-1', true);

    expect(await call('argo_abort_rollout', confirm)).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('traefik-1'),
      after: { aborted: true },
    });
  });

  test('while the controller is down nothing is proved, and promotes are not piled up', async () => {
    world.controllerDown(true);

    const [first, second] = [await call('argo_promote_rollout'), await call('argo_promote_rollout')];

    expect(first).toMatchObject({ changed: true, effective: 'pending' });
    expect(second).toMatchObject({ changed: false, effective: 'refused' });
    world.controllerDown(false);
    expect(await world.until(({ paused, stepIndex }) => paused && stepIndex === 3)).toBeDefined();
  });

  test('a version or a step that the caller did not see is not promoted', async () => {
    expect(await call('argo_promote_rollout', { pod_hash: 'deadbeef' })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('deadbeef'),
    });
    expect(await call('argo_promote_rollout', { step: 3 })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('not at 3'),
    });
    expect(await call('argo_promote_rollout', { step: 0 })).toMatchObject({ changed: false, effective: 'proved' });
    expect(world.snapshot().stepIndex).toBe(1);
  });

  test('only what takes all traffic asks, and nothing asks that would be refused', async () => {
    expect(await asked('argo_promote_rollout')).toBeUndefined();
    expect(await asked('argo_promote_rollout', { full: true })).toMatchObject({ value: 'shop/shop' });
    expect(await asked('argo_skip_analysis_promote', { reason: 'tested' })).toBeUndefined();
    world.pauseByHand(true);
    expect(await asked('argo_promote_rollout', { full: true })).toBeUndefined();
    expect(await asked('argo_abort_rollout')).toMatchObject({
      value: 'shop/shop',
      question: expect.stringContaining('Rollout shop/shop'),
    });
  });
});

test('a pause before a timed one that ends in all traffic asks: nobody decides after it', async () => {
  await stage({ steps: [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: 3600 } }] });
  expect(await asked('argo_promote_rollout')).toMatchObject({ question: expect.stringContaining('all its traffic') });
});

describe('blue-green', () => {
  beforeEach(() => stage({ strategy: 'blue-green' satisfies Strategy }));

  test('an abort while the preview has traffic writes nothing', async () => {
    world.foreignWeight(25);
    const before = world.snapshot();

    expect(await call('argo_abort_rollout', confirm)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('weight 25'),
    });

    expect(world.snapshot()).toEqual(before);
    expect(world.violations).toEqual([]);
  });

  test('nor while a replica still serves the old weights', async () => {
    world.foreignWeight(25);
    await new Promise((resolve) => setTimeout(resolve, 30));
    world.lagReplica('traefik-2', Infinity);
    world.foreignWeight(0);
    await new Promise((resolve) => setTimeout(resolve, 30));

    expect(await call('argo_abort_rollout', confirm)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('traefik-2 still sends weight 25'),
    });
  });

  test('a promote is proved by the active Service', async () => {
    await expect(call('argo_promote_rollout')).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
    expect(await call('argo_promote_rollout', confirm)).toMatchObject({ changed: true, effective: 'proved' });
    const { stableSelector, podHash } = world.snapshot();
    expect(stableSelector).toBe(podHash);
  });
});
