import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../../src/commands/command.ts';
import { execute } from '../../../src/commands/execute.ts';
import { releasePlan } from '../../../src/toolsets/release/release-plan.ts';
import { releaseStart } from '../../../src/toolsets/release/release-start.ts';
import type { Preflight } from '../../../src/domain/release/plan.ts';
import { AT, createFakeGateway, DEFAULTS, fakeServices, PLAN, READY } from '../../support/fake-gateway.ts';
import { memoryAudit } from '../../support/mcp-server.ts';

const FILE = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };

/** A server whose clock and whose cluster a test can change. */
function stage() {
  const gateway = createFakeGateway();
  const world: { now: number; preflight: Preflight; allowed: string[] } = { now: AT, preflight: READY, allowed: [] };
  const services = fakeServices(gateway);
  const context = (): CommandContext => ({
    ...services,
    ports: { ...services.ports, now: () => world.now },
    preflight: () => Promise.resolve(world.preflight),
    settings: { ...DEFAULTS, allowedNamespaces: world.allowed },
    caller: { id: 'mcp:test', kind: 'mcp' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  });
  const call = (command: typeof releasePlan | typeof releaseStart, raw: unknown) =>
    execute({
      command: command,
      raw,
      context: context(),
      gate: { allowWrite: true, toolsets: [] },
      audit: memoryAudit(),
    });
  const plan = async (raw: unknown = FILE) =>
    (await call(releasePlan, raw)) as { plan_id: string; valid_until: string };
  return { gateway, world, plan, start: (raw: unknown) => call(releaseStart, raw) };
}

test('a plan is started by its id, with everything that its file said', async () => {
  const { gateway, plan, start } = stage();
  const file = { ...FILE, analysis: { soak: '90s' }, approval: { required: true } };

  const { plan_id: id, valid_until: until } = await plan(file);
  const started = await start({ plan_id: id, request_id: 'r1' });

  expect(id).toMatch(/^plan-[0-9a-f]{24}$/);
  expect(until).toBe(new Date(AT + 15 * 60_000).toISOString());
  expect(started).toMatchObject({ started: true, image: 'shop:v2', release_id: 'release/prod/shop/web' });
  expect(gateway.started).toMatchObject([
    { requestId: 'r1', spec: { image: 'shop:v2', approval: true, analysis: { soakMs: 90_000 } } },
  ]);
});

test('the same file in the same world has the same id, another one another', async () => {
  const { plan } = stage();
  const { plan_id: first } = await plan();
  expect((await plan()).plan_id).toBe(first);
  expect((await plan({ ...FILE, image: 'shop:v3' })).plan_id).not.toBe(first);
});

test('a plan that is not ready has no id', async () => {
  const { world, plan } = stage();
  world.preflight = { checks: [{ name: 'rollout', ok: false, detail: 'Degraded' }] };
  expect(await plan()).not.toHaveProperty('plan_id');
});

test.each([
  ['stableHash', { ...PLAN, stableHash: 'bbb' }],
  ['fromImage', { ...PLAN, fromImage: 'shop:v1.1' }],
  ['steps', { ...PLAN, steps: [{ weight: 20, pauseIndex: 1 }] }],
  ['traefikService', { ...PLAN, traefikService: 'web-2' }],
])('a plan whose %s has changed is refused, and the change is named', async (name, changed) => {
  const { gateway, world, plan, start } = stage();
  const { plan_id: id } = await plan();
  world.preflight = { ...READY, plan: changed };

  await expect(start({ plan_id: id })).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
    message: expect.stringContaining(`this has changed: ${name}.`),
    next: expect.stringContaining('release_plan'),
  });
  expect(gateway.started).toEqual([]);
});

test('a plan is good for 15 minutes, and a repeated request finds its release afterwards, too', async () => {
  const { gateway, world, plan, start } = stage();
  const { plan_id: id } = await plan();
  world.now = AT + 15 * 60_000 + 1;
  await expect(start({ plan_id: id })).rejects.toMatchObject({ code: 'PLAN_EXPIRED' });

  world.now = AT + 15 * 60_000;
  await start({ plan_id: id, request_id: 'r1' });
  world.now = AT + 30 * 60_000;
  expect(await start({ plan_id: id, request_id: 'r1' })).toMatchObject({ started: false });
  expect(gateway.started).toHaveLength(1);
});

test('an id that nobody knows, a wrong one, and an id beside a release are refused', async () => {
  const { gateway, plan, start } = stage();
  const { plan_id: id } = await plan();

  await expect(start({ plan_id: 'plan-0123456789abcdef01234567' })).rejects.toMatchObject({
    code: 'PLAN_NOT_FOUND',
    next: expect.stringContaining('Call release_plan again'),
  });
  await expect(start({ plan_id: '../../etc/passwd' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(start({ plan_id: id, image: 'shop:v3' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('plan_id: give plan_id or a release, not both: image'),
  });
  await expect(start({ plan_id: id, imgae: 'shop:v3' })).rejects.toMatchObject({
    code: 'UNKNOWN_NAME',
    message: expect.stringContaining('did you mean image'),
  });
  await expect(start({})).rejects.toMatchObject({
    message: expect.stringMatching(/target: is missing\nimage: is missing/),
  });
  expect(gateway.started).toEqual([]);
});

test('the namespace of a plan is asked for, too', async () => {
  const { gateway, world, plan, start } = stage();
  const { plan_id: id } = await plan();
  world.allowed = ['other'];
  await expect(start({ plan_id: id })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
  expect(gateway.started).toEqual([]);
});
