import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { trueView } from '../../src/domain/release/run-facts.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { releaseRollback } from '../../src/toolsets/release/release-rollback.ts';
import { aView, AT, createFakeGateway, PLAN, type FakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';

const ID = 'release/prod/shop/web';
const closed = (changes: Partial<ReleaseView>): ReleaseView => aView({ closedAt: AT + 9, ...changes });
const succeeded = closed({ state: 'succeeded', reason: 'shop:v2 is stable' });

let world: FakeWorld;
beforeEach(() => {
  world = createFakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' }, image: 'shop:v2' });
});
afterEach(() => world.stop());

function contextOf(gateway: FakeGateway): CommandContext {
  const { target, metrics, clusters } = world;
  return {
    ...worldServices({ target, metrics, now: () => world.now(), clusters }, gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}

function rollback(gateway: FakeGateway, more: Record<string, unknown> = {}) {
  const raw = { release_id: ID, confirm: ID, reason: 'errors', ...more };
  const context = contextOf(gateway);
  return releaseRollback.run(context, releaseRollback.check(raw, context.settings));
}

async function refusal(gateway: FakeGateway): Promise<unknown> {
  return rollback(gateway).catch((error: unknown) => error);
}

test('without confirm nothing is done', async () => {
  const gateway = createFakeGateway([succeeded]);
  await expect(rollback(gateway, { confirm: undefined })).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  expect([gateway.sent, gateway.started]).toEqual([[], []]);
});

describe('nothing runs', () => {
  test('the version before the present one is brought back by a run of its own, and the answer has the proof', async () => {
    const gateway = createFakeGateway([succeeded]);
    expect(await rollback(gateway)).toMatchObject({
      how: 'started',
      to_image: 'shop:v1',
      changed: true,
      effective: 'proved',
      reason: 'rollback by cli:ada: errors',
    });
    expect(gateway.started).toMatchObject([
      {
        rollback: true,
        startedBy: 'cli:ada',
        recover: { plan: PLAN, newHash: world.snapshot().stableHash, weightWanted: 100 },
      },
    ]);
  });

  test('the same request id again starts nothing', async () => {
    const gateway = createFakeGateway([succeeded]);
    await rollback(gateway, { request_id: 'r1' });
    expect(await rollback(gateway, { request_id: 'r1' })).toMatchObject({ how: 'repeated', effective: 'proved' });
    expect(gateway.started).toHaveLength(1);
  });

  test('what was rolled back already is not rolled back further: the run only proves it', async () => {
    const plan = { ...PLAN, fromImage: 'shop:v2', toImage: 'shop:v3' };
    const gateway = createFakeGateway([closed({ state: 'rolled-back', plan })]);
    await rollback(gateway);
    expect(gateway.started).toMatchObject([{ recover: { plan, weightWanted: 0 } }]);
  });

  test('a run that was terminated is recovered from where it stood', async () => {
    const ended = trueView(aView(), { status: 'ended', how: 'TERMINATED', endedAt: AT + 9 });
    const gateway = createFakeGateway([ended]);
    await rollback(gateway);
    expect(gateway.started).toMatchObject([{ rollback: true, recover: { stepIndex: 0, weightWanted: 10 } }]);
  });

  test('a present version that no release brought has no known version before it', async () => {
    const plan = { ...PLAN, toImage: 'shop:v9' };
    const gateway = createFakeGateway([closed({ state: 'succeeded', plan })]);
    expect(await refusal(gateway)).toMatchObject({ code: 'NO_EARLIER_VERSION' });
    expect(gateway.started).toEqual([]);
  });

  test('a version on its way that no release set is left alone', async () => {
    const gateway = createFakeGateway([succeeded]);
    world.foreignImage('shop:v3');
    await world.until(({ paused }) => paused);
    expect(await refusal(gateway)).toMatchObject({
      code: 'SUPERSEDED',
      next: expect.stringContaining('argo_abort_rollout'),
    });
  });

  test('a target without any release is refused', async () => {
    expect(await refusal(createFakeGateway())).toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  });
});

describe('a release runs', () => {
  test('it is aborted, and the answer says how its rollback ended', async () => {
    const gateway = createFakeGateway([aView()]);
    const command = gateway.command.bind(gateway);
    gateway.command = async (...args) => {
      const view = closed({ state: 'superseded', reason: 'the image is now shop:v3', runId: aView().runId });
      gateway.views.set(ID, view);
      return command(...args);
    };
    expect(await rollback(gateway)).toMatchObject({
      how: 'aborted',
      effective: 'refused',
      reason: 'the image is now shop:v3',
    });
    expect(gateway.sent).toMatchObject([{ command: { name: 'abort', why: 'errors', runId: aView().runId } }]);
    expect(gateway.started).toEqual([]);
  });

  test('an abort that comes too late becomes a rollback of what is stable by then', async () => {
    const gateway = createFakeGateway([aView({ state: 'promoting' })]);
    gateway.command = async () => {
      gateway.views.set(ID, succeeded);
      throw new SluiceError('TOO_LATE', 'shop:v2 is stable');
    };
    expect(await rollback(gateway)).toMatchObject({ how: 'started', effective: 'proved' });
    expect(gateway.started).toMatchObject([{ rollback: true }]);
  });

  test('a rollback that needs a person is pending, with its reason', async () => {
    const waiting = { for: 'human', answers: ['resume'], sinceMs: AT } as const;
    const stuck = aView({ state: 'failed-needs-human', reason: 'the rollback cannot go on', waiting });
    expect(await rollback(createFakeGateway([stuck]))).toMatchObject({
      effective: 'pending',
      reason: 'the rollback cannot go on',
    });
  });
});
