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

/** What a person is asked before the rollback. */
async function question(gateway: FakeGateway): Promise<string | undefined> {
  const asked = await releaseRollback.confirmation?.(contextOf(gateway), { release_id: ID });
  return asked?.question;
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
    const answer = await rollback(gateway);
    expect(releaseRollback.text(answer).split('\n').slice(0, 1).concat(answer.next)).toEqual([
      expect.stringMatching(/^Rollback proved: /),
      'Nothing is left to do: at the end of this run all users were on shop:v1.',
    ]);
    expect(answer).toMatchObject({
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

  describe('what was rolled back already', () => {
    const plan = { ...PLAN, fromImage: 'shop:v2', toImage: 'shop:v3' };
    const back = closed({ state: 'rolled-back', plan });
    const nothing = { how: 'none', to_image: 'shop:v2', changed: false, effective: 'proved' };

    test('is not rolled back further: nothing is asked and nothing is started', async () => {
      const gateway = createFakeGateway([back]);
      expect(await rollback(gateway, { confirm: undefined })).toMatchObject({
        ...nothing,
        reason: 'shop:v2 is the stable version already and has all traffic',
      });
      expect(await question(gateway)).toBeUndefined();
      expect(gateway.started).toEqual([]);
    });

    test('is proved by a run while a share of the traffic is not back', async () => {
      const gateway = createFakeGateway([back]);
      world.controllerDown(true);
      world.foreignSelector('bad');
      world.foreignWeight(20);
      await rollback(gateway);
      expect(gateway.started).toMatchObject([{ recover: { plan, weightWanted: 0 } }]);
    });

    test('and kept in the template for inspection is back, too', async () => {
      world.foreignImage('shop:v3');
      const { podHash } = await world.until(({ paused }) => paused);
      world.abortByHand();
      await world.until(
        ({ phase, candidateSelector, stableHash }) => phase === 'Degraded' && candidateSelector === stableHash,
      );
      const gateway = createFakeGateway([{ ...back, newHash: podHash }]);
      expect(await rollback(gateway, { confirm: undefined })).toMatchObject({
        ...nothing,
        reason: expect.stringContaining('shop:v3 is aborted and only kept in the template'),
      });
      expect(gateway.started).toEqual([]);
    });
  });

  test('the question names the version that goes and the one that comes', async () => {
    expect(await question(createFakeGateway([succeeded]))).toBe(
      `Bring shop:v1 back for all users of ${ID}, in place of shop:v2?`,
    );
    expect(await question(createFakeGateway([aView()]))).toContain('Bring shop:v1 back');
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
      const view = closed({ state: 'superseded', reason: 'the image was changed to shop:v3', runId: aView().runId });
      gateway.views.set(ID, view);
      return command(...args);
    };
    expect(await rollback(gateway)).toMatchObject({
      how: 'aborted',
      effective: 'refused',
      reason: 'the image was changed to shop:v3',
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
