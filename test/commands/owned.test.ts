import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError, type ErrorCode } from '../../src/domain/errors.ts';
import { aView, createFakeGateway, type FakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';

const ID = 'release/dev/shop/shop';
let world: FakeWorld;
let gateway: FakeGateway;
let context: CommandContext;
beforeEach(async () => {
  world = createFakeWorld();
  world.foreignImage('shop:v2');
  await world.until(({ paused }) => paused);
  world.foreignOwner('rollout', { releaseId: ID, runId: 'run-1' });
  gateway = createFakeGateway([aView({ id: ID })]);
  context = {
    ...worldServices(world, gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});
afterEach(() => world.stop());

async function call(tool: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const command = CATALOGUE.find(({ name }) => name === tool);
  if (!command) throw new Error(`no tool ${tool}`);
  return command.run(context, command.check({ namespace: 'shop', name: 'shop', ...more }, context.settings));
}

const HANDED: readonly (readonly [tool: string, input: Record<string, unknown>, command: Record<string, unknown>])[] = [
  ['argo_pause_rollout', { reason: 'error reports' }, { name: 'pause', why: 'error reports' }],
  ['argo_resume_rollout', {}, { name: 'resume' }],
  ['argo_promote_rollout', {}, { name: 'promote' }],
  ['argo_promote_rollout', { full: true, confirm: 'shop/shop' }, { name: 'promote', all: true }],
  ['argo_abort_rollout', { confirm: 'shop/shop' }, { name: 'abort' }],
  [
    'argo_skip_analysis_promote',
    { reason: 'tested by hand', confirm: 'shop/shop' },
    { name: 'skip-analysis', why: 'tested by hand' },
  ],
];

describe.each(HANDED)('%s %j on a Rollout that a release owns', (tool, input, command) => {
  test('becomes the command of that release, and the Rollout is not touched', async () => {
    const before = world.cluster.peek({ kind: ROLLOUT, namespace: 'shop', name: 'shop' });

    const answer = await call(tool, { ...input, request_id: 'r-1' });

    expect(gateway.sent).toEqual([{ id: ID, command: { requestId: 'r-1', who: 'cli:ada', ...command } }]);
    expect(answer).toMatchObject({
      changed: true,
      effective: 'proved',
      release_id: ID,
      next: expect.stringContaining('release_wait'),
    });
    expect(world.cluster.peek({ kind: ROLLOUT, namespace: 'shop', name: 'shop' })).toEqual(before);
  });

  test('while Temporal is away only an abort is done', async () => {
    if (command['name'] === 'abort') return;
    gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
    const before = world.snapshot();

    await expect(call(tool, input)).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });

    expect(world.snapshot()).toEqual(before);
  });
});

test('the same request id is one command', async () => {
  await call('argo_pause_rollout', { request_id: 'r-1' });
  expect(await call('argo_pause_rollout', { request_id: 'r-1' })).toMatchObject({ changed: false });
});

test.each<ErrorCode>(['NOT_WAITING', 'VERDICT_NOT_PASSED', 'TOO_LATE'])(
  'a release that says %s: refused, as an answer',
  async (code) => {
    gateway.failure = new SluiceError(code, 'not now');
    expect(await call('argo_promote_rollout')).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('not now'),
      release_id: ID,
    });
  },
);

test('accepted is pending, and refused by the release is refused', async () => {
  gateway.outcome = { outcome: 'accepted', detail: 'its effect comes later' };
  expect(await call('argo_pause_rollout')).toMatchObject({ changed: true, effective: 'pending' });
  gateway.outcome = { outcome: 'refused', detail: 'it has just ended' };
  expect(await call('argo_pause_rollout')).toMatchObject({ changed: false, effective: 'refused' });
});

test.each<ErrorCode>(['RELEASE_NOT_FOUND', 'RELEASE_CLOSED'])(
  'a mark that a release left behind (%s): nothing is done, and it says how to go on',
  async (code) => {
    gateway.failure = new SluiceError(code, 'there is none');
    await expect(call('argo_promote_rollout', {})).rejects.toMatchObject({
      code: 'OWNED_BY_OTHER',
      next: expect.stringContaining('release_recover'),
      details: { release_id: ID },
    });
    expect(world.snapshot().aborted).toBe(false);
  },
);

test('an image is refused with the id of the release, without asking Temporal', async () => {
  gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');

  await expect(call('argo_update_rollout_image', { image: 'shop:v3' })).rejects.toMatchObject({
    code: 'OWNED_BY_OTHER',
    details: { release_id: ID },
  });

  expect(world.snapshot().image).toBe('shop:v2');
});

test('what destroys asks here too', async () => {
  for (const [tool, input] of HANDED.filter(([, { confirm }]) => confirm)) {
    const { confirm: _, ...unconfirmed } = input;
    await expect(call(tool, unconfirmed)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      details: { confirm: 'shop/shop' },
    });
  }
  expect(gateway.sent).toEqual([]);
});

describe('an abort of a Rollout whose release cannot act', () => {
  const abort = () => call('argo_abort_rollout', { confirm: 'shop/shop' });

  test.each([
    ['Temporal does not answer', () => (gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away'))],
    ['its run has ended', () => gateway.views.set(ID, aView({ id: ID, closedAt: 1 }))],
    ['this Temporal has no such run', () => gateway.views.delete(ID)],
    ['its run is paused in Temporal', () => (gateway.ownership = 'held')],
    ['no worker is running', () => (gateway.pollers = 0)],
  ])('%s: it is carried out at once, and proved', async (why, prepare) => {
    prepare();

    expect(await abort()).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining(`${why}: this was done without it`),
      next: expect.stringContaining('release_recover'),
      release_id: ID,
    });
    expect(gateway.sent).toEqual([]);
  });

  test('another mark than the one that was read still refuses it', async () => {
    gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
    const { rolloutSteering } = context.ports;
    const target = { cluster: 'dev', namespace: 'shop', rollout: 'shop' };
    const { podHash } = await context.ports.workload.read(target);

    const other = { releaseId: ID, runId: 'another run' };
    expect(await rolloutSteering.abort(target, { podHash }, other)).toMatchObject({ effective: 'refused' });
  });
});

describe('a promote of an owned Rollout that names the step of Argo', () => {
  test('asks the release for the same step of its own, in the run that was looked at', async () => {
    await call('argo_promote_rollout', { step: 3, pod_hash: 'bbb' });
    expect(gateway.sent[0]?.command).toMatchObject({ name: 'promote', step: 1, runId: aView().runId });
  });

  test('of a step at which the release does not hold is refused, with those at which it does', async () => {
    expect(await call('argo_promote_rollout', { step: 2 })).toMatchObject({
      effective: 'refused',
      reason: expect.stringContaining('it holds at 1, 3'),
    });
    expect(gateway.sent).toEqual([]);
  });

  test('of another version is refused', async () => {
    gateway.views.set(ID, aView({ id: ID, newHash: 'bbb' }));
    expect(await call('argo_promote_rollout', { step: 1, pod_hash: 'ccc' })).toMatchObject({ effective: 'refused' });
  });
});

test.each([
  ['a release of another namespace', 'release/dev/payments/api'],
  ['a release of another Rollout', 'release/dev/shop/other'],
  ['a workflow of somebody else', 'nightly-billing'],
])('a mark that names %s steers nothing', async (_, releaseId) => {
  world.foreignOwner('rollout', { releaseId, runId: 'run-9' });
  gateway.views.set(releaseId, aView({ id: releaseId }));

  await expect(call('argo_abort_rollout', { confirm: 'shop/shop' })).rejects.toMatchObject({
    code: 'OWNED_BY_OTHER',
    message: expect.stringContaining('is no release of this Rollout'),
  });
  expect(gateway.sent).toEqual([]);
});
