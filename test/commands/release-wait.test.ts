import { beforeEach, expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { releaseWait } from '../../src/toolsets/release/release-wait.ts';
import { trueView } from '../../src/domain/release/run-facts.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { aView, AT, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';

const ID = 'release/prod/shop/web';
let gateway: FakeGateway;
let context: CommandContext;
let stop: AbortController;
beforeEach(() => {
  gateway = createFakeGateway([aView()]);
  stop = new AbortController();
  context = {
    ...fakeServices(gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: stop.signal,
    progress: () => Promise.resolve(),
  };
});

const wait = (input: { timeout_seconds?: number; cursor?: string } = {}) =>
  releaseWait.run(context, { release_id: ID, ...input });

test('ends as soon as anything happened', async () => {
  const began = Date.now();
  setTimeout(() => gateway.views.set(ID, aView({ state: 'judging' })), 100);

  const answer = await wait({ timeout_seconds: 20 });

  expect(answer).toMatchObject({ changed: true, state: 'judging' });
  expect(Date.now() - began).toBeLessThan(3000);
});

test('a cursor from before tells at once what was missed', async () => {
  const { cursor } = await wait({ timeout_seconds: 0 });
  gateway.views.set(ID, aView({ stepIndex: 1 }));

  expect(await wait({ timeout_seconds: 20, cursor })).toMatchObject({ changed: true });
});

test('a release that has ended is answered at once, whatever the cursor', async () => {
  gateway.views.set(ID, aView({ state: 'rolled-back', closedAt: AT }));
  const { cursor, next } = await wait({ timeout_seconds: 20 });

  expect(next).toContain('has ended');
  expect(await wait({ timeout_seconds: 20, cursor })).toMatchObject({ changed: false });
});

test('a caller that goes away ends the wait', async () => {
  setTimeout(() => stop.abort(), 100);
  const began = Date.now();

  await wait({ timeout_seconds: 20 });

  expect(Date.now() - began).toBeLessThan(2000);
});

test('an error in the middle is told, not waited out', async () => {
  setTimeout(() => (gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away')), 100);

  await expect(wait({ timeout_seconds: 20 })).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
});

test('more than 50 s is refused: clients give up after 60', () => {
  expect(() => releaseWait.check({ release_id: ID, timeout_seconds: 51 }, context.settings)).toThrow(/timeout_seconds/);
});

test('a run that was ended from outside is answered at once, as an end that needs somebody', async () => {
  const view = aView({
    state: 'waiting-for-decision',
    waiting: { for: 'promotion', answers: ['promote'], sinceMs: AT },
  });
  gateway.views.set(ID, trueView(view, { status: 'ended', how: 'TERMINATED', endedAt: AT }));

  const { cursor, next, state } = await wait({ timeout_seconds: 20 });

  expect({ state, next }).toEqual({
    state: 'failed-needs-human',
    next: 'It waits for human: answer with release_recover.',
  });
  expect(await wait({ timeout_seconds: 20, cursor })).toMatchObject({ changed: false });
});

test('a run that is paused in Temporal comes from the journal, and says so', async () => {
  const view = aView({ weightWanted: 25 });
  const { events: _, commands: __, ...data } = view;
  const entry = { releaseId: ID, runId: view.runId, key: 'release/1', kind: 'release', at: AT, data } as const;
  await context.journal.append([entry]);
  const facts = { status: 'paused', pausedBy: 'ada' };
  gateway.failure = new SluiceError('RELEASE_HELD', 'held', { details: { run: facts } });

  const answer = await wait({ timeout_seconds: 20 });

  expect(answer).toMatchObject({ state: 'failed-needs-human', waiting: { for: 'human', answers: [] } });
  expect(answer.next).toMatch(/paused in Temporal by ada.*temporal workflow unpause/);
});

test('a release that waits for named people names the page where they decide', async () => {
  const waiting = { for: 'approval', answers: ['approve', 'reject'], sinceMs: AT } as const;
  const approvers = { by: [{ issuer: 'os', subject: 'bob' }], count: 1 };
  const { spec } = aView();
  const nextOf = async (changes: Parameters<typeof aView>[0]) => {
    gateway.views.set(ID, aView({ state: 'waiting-for-approval', waiting, ...changes }));
    return (await wait({ timeout_seconds: 0 })).next;
  };
  const page = 'The people who are named decide at http://127.0.0.1:8765/approve/prod/shop/web.';

  expect(await nextOf({ spec: { ...spec, approvers } })).toContain(page);
  expect(await nextOf({ waiting: { ...waiting, for: 'step-approval' } })).toContain(page);
  expect(await nextOf({})).toBe('It waits for approval: answer with release_approve or release_reject.');
  expect(await nextOf({ spec: { ...spec, approvalByPerson: true } })).toBe(
    'It waits for approval: answer with release_approve or release_reject. A person decides at http://127.0.0.1:8765/approve/prod/shop/web, or with sluice release approve.',
  );
});
