import { beforeEach, describe, expect, test } from '@jest/globals';
import { RELEASE_EXITS } from '../../src/domain/release/exit-code.ts';
import { leave, requestOf, started } from '../../src/domain/release/queue.ts';
import { AT, aView, createFakeGateway, SPEC, type FakeGateway } from '../support/fake-gateway.ts';
import { sluice } from '../support/cli.ts';

const ID = 'release/prod/shop/web';
let gateway: FakeGateway;
beforeEach(() => {
  gateway = createFakeGateway([aView()]);
});

const start = (...argv: readonly string[]) =>
  sluice({ gateway }, 'release', 'start', 'shop/web', '--image', 'shop:v3', '--when-busy', 'queue', ...argv);

/** After a moment the entry has left the queue. */
function soon(how: 'started' | 'removed'): void {
  setTimeout(() => {
    const state = gateway.queues.states.get(ID);
    const [entry] = state?.waiting ?? [];
    if (!state || !entry) return;
    const request = requestOf(entry);
    const removed = { outcome: 'removed', reason: 'taken out by bob', at: AT } as const;
    gateway.queues.states.set(
      ID,
      how === 'started'
        ? started(state, { requestId: request, runId: 'run-9', at: AT, keepsHold: true })
        : leave(state, [request], removed),
    );
    const spec = { ...SPEC, image: 'shop:v3' };
    if (how === 'started')
      gateway.views.set(ID, aView({ runId: 'run-9', spec, state: 'succeeded', reason: 'all good', closedAt: AT }));
  }, 300);
}

describe('start --wait of a release that waits', () => {
  test('says its position, then follows the release to its end', async () => {
    soon('started');
    const { code, out } = await start('--wait');
    expect(code).toBe(0);
    expect(out).toContain('Queued at position 1');
    expect(out).toContain('Position 1 of 1. shop:v3 starts when the release before it has succeeded.');
    expect(out).toContain('succeeded: all good');
  });

  test('ends as refused when somebody takes it out', async () => {
    soon('removed');
    const { code, err } = await start('--wait');
    expect([code, err]).toEqual([
      RELEASE_EXITS.refused.exit,
      expect.stringContaining('The release was removed: taken out by bob.'),
    ]);
  });

  test('leaves it in the queue when the time is over', async () => {
    const { code, err } = await start('--wait', '--timeout', '300ms');
    expect([code, err]).toEqual([
      RELEASE_EXITS.open.exit,
      expect.stringMatching(/^0\.3 s are over\. The release still waits\./),
    ]);
    expect(gateway.queues.states.get(ID)?.waiting).toHaveLength(1);
  });
});

test('without --wait the exit code is 0, and a plan that would wait has it too', async () => {
  expect(await start()).toMatchObject({ code: 0, out: expect.stringContaining('`sluice release-queue list') });
  const plan = await sluice({ gateway }, 'release', 'plan', 'shop/web', '--image', 'shop:v3', '--when-busy', 'queue');
  expect(plan).toMatchObject({ code: 0, out: expect.stringMatching(/^Would wait in the queue/) });
});

test('the list is of one target, or of all', async () => {
  await start();
  const one = await sluice({ gateway }, 'release-queue', 'list', 'shop/web');
  const all = await sluice({ gateway }, 'release-queue', 'list');
  for (const { code, out } of [one, all]) expect([code, out]).toEqual([0, expect.stringContaining('1. shop:v3 (by ')]);
  const cleared = await sluice({ gateway }, 'release-queue', 'clear', 'shop/web', '--yes');
  expect(cleared.out).toContain('Emptied.');
  expect((await sluice({ gateway }, 'release-queue', 'list')).out).toContain('No release waits for any target.');
});

test('resume of a queue that does not hold says that nothing was changed', async () => {
  const resume = () => sluice({ gateway }, 'release-queue', 'resume', 'shop/web');
  expect((await resume()).out).toContain(`The queue of ${ID} does not hold. Nothing was changed.`);
  expect((await start()).code).toBe(0);
  expect((await resume()).out).toContain(`The queue of ${ID} does not hold. Nothing was changed.`);
  expect(gateway.queues.states.get(ID)?.waiting).toHaveLength(1);
});
