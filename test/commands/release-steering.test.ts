import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { steering } from '../../src/toolsets/release/steering.ts';
import { aView, AT, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';
import { sluice } from '../support/cli.ts';

const ID = 'release/prod/shop/web';
const ended = aView({ state: 'rolled-back', reason: 'errors: 12 of 44', closedAt: AT + 9 });

/** An abort that its caller has confirmed. */
const ABORT = ['tools', 'call', 'release_abort', '--input', JSON.stringify({ release_id: ID, confirm: ID })] as const;

/** What a person is asked before the command. */
async function question(gateway: FakeGateway, name: string, more: Record<string, unknown> = {}) {
  const context: CommandContext = {
    ...fakeServices(gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  const command = steering.find((one) => one.name === name);
  return (await command?.confirmation?.(context, { release_id: ID, ...more }))?.question;
}

test.each([
  ['release_abort', {}],
  ['release_skip_analysis', { reason: 'tested', step: 0 }],
  ['release_promote', { all: true }],
])('%s of a release that has ended asks nothing: it says how the release ended', async (name, more) => {
  await expect(question(createFakeGateway([ended]), name, more)).rejects.toMatchObject({
    code: 'RELEASE_CLOSED',
    message: `The release ${ID} has ended as rolled-back: errors: 12 of 44`,
  });
});

test('at the terminal nobody is asked about a release that has ended', async () => {
  const { code, err, asked } = await sluice(
    { gateway: createFakeGateway([ended]), answer: true },
    'release',
    'abort',
    ID,
  );

  expect([code, asked]).toEqual([7, []]);
  expect(err).toMatch(/^RELEASE_CLOSED: .* has ended as rolled-back/);
});

test('a run that was ended from outside leads to its recovery', async () => {
  const lost = aView({ state: 'failed-needs-human', reason: 'terminated', closedAt: AT + 9 });

  await expect(question(createFakeGateway([lost]), 'release_abort')).rejects.toMatchObject({
    next: `Call release_recover with release_id "${ID}".`,
  });
});

test('a confirmed command goes to the release without a look at it first', async () => {
  const gateway = createFakeGateway([aView()]);
  const { code, err } = await sluice(
    { gateway: { ...gateway, get: () => Promise.reject(new Error('read')) } },
    ...ABORT,
  );

  expect([code, err]).toEqual([0, '']);
  expect(gateway.sent.map(({ command }) => command.name)).toEqual(['abort']);
});

test('a confirmed command to a release that has ended says how the release ended', async () => {
  const closed = () => Promise.reject(new SluiceError('RELEASE_CLOSED', `The release ${ID} has ended.`));
  const { code, err } = await sluice({ gateway: { ...createFakeGateway([ended]), command: closed } }, ...ABORT);

  expect([code, err]).toEqual([7, expect.stringMatching(/^RELEASE_CLOSED: .* has ended as rolled-back: errors/)]);
});

test('a repeated request is not asked about again', async () => {
  const done = { requestId: 'r1', command: 'abort', outcome: 'applied', detail: 'done', duplicate: false } as const;
  const gateway = createFakeGateway([{ ...ended, commands: [done] }]);

  expect(await question(gateway, 'release_abort', { request_id: 'r1' })).toBeUndefined();
});

test('the question names the image, the step and the version that users get', async () => {
  const gateway = createFakeGateway([aView()]);

  expect(await question(gateway, 'release_abort')).toBe(
    `Abort ${ID} (shop:v2, step 1 of 2: 10 %) and put all traffic back on shop:v1?`,
  );
  gateway.failure = new SluiceError('NO_ANSWER', 'no worker');
  expect(await question(gateway, 'release_abort')).toBe(`Abort ${ID} and put all traffic back on the stable version?`);
});

test('a guard that asks is asked about, although its release has ended', async () => {
  const gateway = createFakeGateway([aView({ state: 'succeeded', closedAt: AT + 9 })]);
  const guard = { id: 'guard/prod/shop/web', open: true, releaseRunId: aView().runId, reason: 'bad' };
  gateway.guards.set(ID, { ...guard, state: 'waiting-for-decision' });

  expect(await question(gateway, 'release_abort')).toContain('put all traffic back on shop:v1?');
});
