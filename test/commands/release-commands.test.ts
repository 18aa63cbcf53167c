import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { CommandName } from '../../src/domain/release/command.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { releaseList } from '../../src/toolsets/release/release-list.ts';
import { trueView } from '../../src/domain/release/run-facts.ts';
import { aView, AT, createFakeGateway, fakeServices, PLAN, SPEC, type FakeGateway } from '../support/fake-gateway.ts';

const ID = 'release/prod/shop/web';
let gateway: FakeGateway;
let context: CommandContext;
beforeEach(() => {
  gateway = createFakeGateway([aView()]);
  context = {
    ...fakeServices(gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});

async function call(tool: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const command = CATALOGUE.find(({ name }) => name === tool);
  if (!command) throw new Error(`no tool ${tool}`);
  return command.run(context, command.check({ release_id: ID, ...input }, context.settings));
}

async function endedRun(runId: string, command: CommandName, requestId: string): Promise<void> {
  const { events: _, commands: __, ...data } = aView({ runId, state: 'rolled-back', closedAt: AT });
  const of = { releaseId: ID, runId, at: AT };
  await context.journal.append([
    { ...of, key: 'release/1', kind: 'release', data },
    {
      ...of,
      key: 'command/1',
      kind: 'command',
      data: { requestId, command, outcome: 'applied', detail: 'traffic is back', duplicate: false },
    },
  ]);
}

test('a step and a run that the caller saw go along', async () => {
  await call('release_promote', { step: 1, run_id: 'r' });
  expect(gateway.sent[0]?.command).toMatchObject({ name: 'promote', step: 1, runId: 'r' });
});

test('skip-analysis names its step', () => {
  const input = { reason: 'night', confirm: ID };
  return expect(call('release_skip_analysis', input)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('step'),
  });
});

test('a request that acted on an earlier run of the target acts on no later one', async () => {
  await endedRun('before', 'abort', 'r1');

  const again = await call('release_abort', { request_id: 'r1', confirm: ID });

  expect(again).toMatchObject({ duplicate: true, outcome: 'applied', detail: 'traffic is back' });
  expect(gateway.sent).toEqual([]);
});

test('another request acts, and so does one while the journal is away', async () => {
  await endedRun('before', 'abort', 'r1');
  await call('release_abort', { request_id: 'r2', confirm: ID });
  context.journal.releases = () => Promise.reject(new SluiceError('JOURNAL_UNAVAILABLE', 'away'));
  await call('release_abort', { request_id: 'r1', confirm: ID });

  expect(gateway.sent).toHaveLength(2);
});

test('a list says that there are more, and its cursor leads through all of them', async () => {
  for (let index = 0; index < 6; index += 1) {
    const id = `release/prod/shop/web-${index}`;
    gateway.views.set(id, aView({ id, startedAt: AT - index - 1, runId: `run-${index}` }));
  }

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await releaseList.run(context, { limit: 3, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.releases.map(({ release_id: id }) => id));
    expect(releaseList.text?.(page).includes('There are more')).toBe(page.cursor !== undefined);
    cursor = page.cursor;
  } while (cursor !== undefined);

  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);
});

describe('release_recover', () => {
  const recover = (input: Record<string, unknown> = {}) => call('release_recover', { confirm: ID, ...input });
  const terminated = () =>
    trueView(aView({ weightWanted: 10, newHash: 'bbb' }), { status: 'ended', how: 'TERMINATED', endedAt: AT });

  test('starts a run that takes over what the ended run left, with its plan and version', async () => {
    gateway.views.set(ID, terminated());

    const answer = await recover({ request_id: 'r1', reason: 'terminated by mistake' });

    expect(answer).toMatchObject({ release_id: ID, started: true, request_id: 'r1' });
    expect(gateway.started).toMatchObject([
      {
        spec: SPEC,
        startedBy: 'cli:ada',
        requestId: 'r1',
        recover: {
          plan: PLAN,
          newHash: 'bbb',
          weightWanted: 10,
          reason: expect.stringMatching(/ended at 10 % as failed-needs-human: terminated by mistake/),
        },
      },
    ]);
  });

  test('the same request again starts nothing', async () => {
    gateway.views.set(ID, terminated());
    await recover({ request_id: 'r1' });
    expect(await recover({ request_id: 'r1' })).toMatchObject({ started: false });
    expect(gateway.started).toHaveLength(1);
  });

  test('a running release is refused with the way to end it', () =>
    expect(recover()).rejects.toMatchObject({ code: 'TARGET_BUSY', next: expect.stringContaining('release_abort') }));

  test('a release that moved no traffic is refused', async () => {
    const { plan: _, ...early } = terminated();
    gateway.views.set(ID, early);
    await expect(recover()).rejects.toMatchObject({ code: 'RELEASE_CLOSED' });
  });

  test.each(['succeeded', 'rolled-back', 'superseded', 'refused'] as const)(
    'a release that ended as %s keeps its outcome',
    async (state) => {
      gateway.views.set(ID, aView({ state, reason: 'shop:v2 is stable', newHash: 'bbb', closedAt: AT }));
      const next = state === 'succeeded' ? 'release_rollback' : 'release_get';

      await expect(recover()).rejects.toMatchObject({
        code: 'NOT_APPLICABLE',
        message: expect.stringContaining(`ended as ${state} at 2026-11-01T10:00:00.000Z: shop:v2 is stable`),
        next: expect.stringContaining(next),
      });
      expect(gateway.started).toEqual([]);
    },
  );

  test('it is asked for first', async () => {
    gateway.views.set(ID, terminated());
    await expect(call('release_recover', {})).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  });
});
