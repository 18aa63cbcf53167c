import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../../src/commands/command.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { releasePlan } from '../../../src/toolsets/release/release-plan.ts';
import {
  aView,
  createFakeGateway,
  DEFAULTS,
  fakeServices,
  READY,
  type FakeGateway,
} from '../../support/fake-gateway.ts';
import { sluice } from '../../support/cli.ts';

const ID = 'release/prod/shop/web';
const FILE = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v3' };
const HEALTH = { name: 'health', ok: false, detail: 'the candidate has weight 10', next: 'Let the update end.' };
const OWNER = { name: 'owner', ok: true, detail: 'no other owner' };

async function planned(gateway: FakeGateway) {
  const services = fakeServices(gateway, { checks: [...READY.checks, HEALTH, OWNER] });
  const context: CommandContext = {
    ...services,
    caller: { id: 'cli:test', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  return releasePlan.run(context, releasePlan.check(FILE, DEFAULTS));
}

test('a plan beside a running release names it and the ways on first, and no check contradicts it', async () => {
  const { checks } = await planned(createFakeGateway([aView()]));

  const [running, ...others] = checks.filter(({ ok }) => !ok);
  expect(running).toMatchObject({ name: 'running release', detail: expect.stringContaining(ID) });
  expect(running?.next).toBe(
    `Call release_wait with release_id "${ID}" to follow it, or release_abort with release_id "${ID}" to end it.`,
  );
  expect(others).toEqual([{ name: 'health', ok: false, detail: HEALTH.detail }]);
  expect(checks.map(({ detail }) => detail)).not.toContain('no other owner');
});

test('a running release whose target still looks healthy makes a plan not ready', async () => {
  const { code, out } = await sluice(
    { gateway: createFakeGateway([aView({ state: 'waiting-for-approval' })]) },
    ...['release', 'plan', 'shop/web', '--image', 'shop:v3'],
  );

  expect(code).toBe(7);
  expect(out).toMatch(/^Not ready, 1 check failed: /);
  expect(out).toContain(`\`sluice release watch ${ID}\` to follow it, or \`sluice release abort ${ID}\` to end it.`);
});

test('a release that has ended, and a Temporal that is away, leave the plan as it is', async () => {
  const away = createFakeGateway();
  away.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');

  for (const gateway of [away, createFakeGateway([aView({ state: 'succeeded', closedAt: 1 })])])
    expect((await planned(gateway)).checks.map(({ name }) => name)).not.toContain('running release');
});

test('the command line prints the command that starts the plan', async () => {
  const { out } = await sluice(
    { gateway: createFakeGateway() },
    ...['release', 'plan', 'shop/web', '--image', 'shop:v3'],
  );

  expect(out).toMatch(/Start it with `sluice release start --plan-id plan-[0-9a-f]{24}`, until /);
});
