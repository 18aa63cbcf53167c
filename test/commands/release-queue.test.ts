import { beforeEach, describe, expect, test } from '@jest/globals';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import type { AccessRules } from '../../src/domain/access/rules.ts';
import { MAX_WAITING } from '../../src/domain/release/queue.ts';
import { AT, aView, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';
import { memoryAudit } from '../support/mcp-server.ts';

const ID = 'release/prod/shop/web';
const RELEASE = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v3', strategy: 'canary' };

let gateway: FakeGateway;
let context: CommandContext;
beforeEach(() => {
  gateway = createFakeGateway([aView()]);
  context = {
    ...fakeServices(gateway, { checks: [{ name: 'image', ok: false, detail: 'another update is under way' }] }),
    caller: { id: 'cli:ada', kind: 'cli', identity: { kind: 'person', issuer: 'os', subject: 'ada', name: 'ada' } },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});

const named = (name: string): Command => CATALOGUE.find((one) => one.name === name) as Command;
const call = async (name: string, raw: Record<string, unknown>) =>
  execute({ command: named(name), raw, context, gate: { allowWrite: true, toolsets: [] }, audit: memoryAudit() });
const start = (policy: string | undefined, request: string) =>
  call('release_start', { ...RELEASE, ...(policy && { when_busy: policy }), request_id: request });
const free = () => gateway.views.set(ID, aView({ state: 'succeeded', closedAt: AT }));

describe('a start while another release has the target', () => {
  test.each([[undefined], ['refuse']])('with %s is refused, and nothing is queued', async (policy) => {
    await expect(start(policy, 'a')).rejects.toMatchObject({ code: 'TARGET_BUSY' });
    expect(gateway.queues.states.size).toBe(0);
  });

  test('with queue waits, and the same request keeps its place', async () => {
    const first = await start('queue', 'a');
    expect(first).toMatchObject({ release_id: ID, started: false, queued: { position: 1, waiting: 1 } });
    expect(first['run_id']).toBeUndefined();
    expect(named('release_start').text(first)).toBe(
      [
        'Queued at position 1: canary release of shop/web on prod to shop:v3',
        'shop:v3 starts when the release before it has succeeded. After any other end the queue holds.',
        `${ID}, request a`,
        `Call release_queue_list with release_id "${ID}" for its turn. The checks of release_plan run then.`,
      ].join('\n'),
    );
    expect(await start('queue', 'b')).toMatchObject({
      queued: { position: 2, detail: expect.stringContaining('1 other release waits before this one') },
    });
    expect(await start('queue', 'a')).toMatchObject({ queued: { position: 1, waiting: 2 } });
    expect(gateway.queues.states.get(ID)?.waiting[0]).toMatchObject({
      input: { startedBy: 'cli:ada', starter: 'os#ada', spec: { whenBusy: 'queue', clusterUid: 'uid-of-kube-system' } },
      caller: { identity: { subject: 'ada' } },
      addedAt: AT,
    });
    expect(gateway.started).toEqual([]);
  });

  test('with supersede names the run that is rolled back, and who waits behind', async () => {
    await start('queue', 'a');
    const { queued } = await start('supersede', 'b');
    expect(queued).toEqual({
      position: 1,
      waiting: 2,
      detail: `Run ${aView().runId} is rolled back first, then shop:v3 starts. 1 other release waits behind this one.`,
    });
  });

  test('with supersede needs the access to release_abort', async () => {
    const access: AccessRules = [
      { name: 'starts', who: { subject: 'ada' }, permissions: ['operate'], tools: ['release_start'] },
    ];
    context = { ...context, settings: { ...context.settings, access } };
    await expect(start('supersede', 'a')).rejects.toMatchObject({ code: 'ACCESS_DENIED', message: /release_abort/ });
    expect(await start('queue', 'a')).toMatchObject({ queued: { position: 1 } });
  });

  test('waits behind others also while no release runs, and starts at once when nobody waits', async () => {
    await start('queue', 'a');
    free();
    expect(await start('queue', 'b')).toMatchObject({ queued: { position: 2 } });
    gateway.queues.states.clear();
    context = { ...context, ...fakeServices(gateway) };
    expect(await start('queue', 'c')).toMatchObject({ started: true, run_id: 'run-1' });
  });

  test('is refused when nobody can approve it, or when the queue is full', async () => {
    const approvers = { by: [{ issuer: 'os', subject: 'ada' }] };
    const one = { ...RELEASE, approvers, when_busy: 'queue' };
    await expect(call('release_start', one)).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      message: expect.stringMatching(/^Nothing was queued\. approvers: /),
    });
    for (let index = 0; index < MAX_WAITING; index += 1) await start('queue', `r${index}`);
    await expect(start('queue', 'over')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  });

  test('a policy that does not exist is refused', async () => {
    await expect(start('queueing', 'a')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('a plan says what a start would do', () => {
  const plan = (policy?: string) => call('release_plan', { ...RELEASE, ...(policy && { when_busy: policy }) });
  const text = async (policy?: string) => named('release_plan').text(await plan(policy));

  test('refuse', async () => {
    const found = await plan();
    expect(found).toMatchObject({ ready: false, would: 'refuse' });
    expect(named('release_plan').problem?.(found)).toBe('PREFLIGHT_FAILED');
  });

  test('queue: what the running release has changed is not a failed check', async () => {
    const found = await plan('queue');
    expect(found).toMatchObject({ ready: false, would: 'queue', checks: [{ name: 'running release', ok: true }] });
    expect(named('release_plan').problem?.(found)).toBeUndefined();
    expect(await text('queue')).toMatch(
      /^Would wait in the queue: .*\n! running release: .* this one waits behind it and starts after it has succeeded; no other release waits\. Its checks run when its turn comes\.\nNothing was changed\. release_start with the same input queues it\.$/,
    );
  });

  test('supersede', async () => {
    await start('queue', 'a');
    expect(await text('supersede')).toMatch(
      /^Would supersede the running release: .*\n.*it is rolled back first, with proof, then this one starts; 1 other release waits\./,
    );
  });

  test('queue, behind those that wait while no release runs', async () => {
    await start('queue', 'a');
    free();
    expect(await text('queue')).toContain('No release runs, but 1 other release waits for the target.');
    expect(await text('supersede')).toContain('this one is placed before them.');
  });

  test('start', async () => {
    free();
    context = { ...context, ...fakeServices(gateway) };
    expect(await plan('queue')).toMatchObject({ ready: true, would: 'start' });
  });
});

describe('the queue of a target', () => {
  test('is a part of release_get', async () => {
    await start('queue', 'a');
    const shown = await call('release_get', { release_id: ID });
    expect(shown['queue']).toEqual({
      ...{ waiting: 1, held: false },
      detail:
        '1 release waits. shop:v3 starts when the release before it has succeeded. After any other end the queue holds.',
    });
    expect(named('release_get').text(shown)).toContain('Queue: 1 release waits.');
  });

  test('is listed, reordered and emptied; what is not there has a code', async () => {
    await start('queue', 'a');
    await start('queue', 'b');
    const moved = await call('release_queue_move', { release_id: ID, entry: 'b', position: 1 });
    expect(moved).toMatchObject({ done: 'Moved.', queue: { waiting: [{ request_id: 'b' }, { request_id: 'a' }] } });
    await call('release_queue_remove', { release_id: ID, entry: 'b' });
    await expect(call('release_queue_remove', { release_id: ID, entry: 'b' })).rejects.toMatchObject({
      code: 'QUEUE_ENTRY_NOT_FOUND',
    });
    expect(await call('release_queue_list', {})).toMatchObject({
      queues: [{ release_id: ID, waiting: [{ request_id: 'a' }], left: [{ request_id: 'b', outcome: 'removed' }] }],
    });
    await expect(call('release_queue_clear', { release_id: ID })).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      message: expect.stringContaining('Take 1 release out of the queue'),
    });
    await call('release_queue_clear', { release_id: ID, confirm: ID });
    expect(await call('release_queue_list', {})).toMatchObject({ queues: [] });
    expect(await call('release_queue_clear', { release_id: ID })).toMatchObject({
      done: `No release waits for ${ID}. Nothing was changed.`,
    });
    expect(await start('queue', 'a')).toMatchObject({
      queued: { waiting: 0, detail: 'shop:v3 was removed: taken out by cli:ada.' },
    });
  });

  test('that holds says why, and what to do', async () => {
    await start('queue', 'a');
    const state = gateway.queues.states.get(ID);
    if (state) gateway.queues.states.set(ID, { ...state, hold: { runId: 'r', reason: 'it went wrong', since: AT } });
    const shown = await call('release_queue_list', { release_id: ID });
    expect(named('release_queue_list').text(shown)).toMatch(
      /The queue holds: it went wrong\. Nothing starts until somebody resumes the queue\.\n1\. shop:v3 .*\nCall release_queue_resume/,
    );
    expect(await call('release_queue_resume', { release_id: ID })).toMatchObject({ queue: { held: false } });
  });
});
