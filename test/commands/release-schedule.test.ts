import { beforeEach, expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { releaseSchedule } from '../../src/toolsets/release/release-schedule.ts';
import { createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';

const ID = 'release/prod/shop/web';
const RELEASE = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2', strategy: 'canary' };

let gateway: FakeGateway;
let context: CommandContext;
beforeEach(() => {
  gateway = createFakeGateway();
  context = {
    ...fakeServices(gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});

const call = async (raw: Record<string, unknown>) =>
  releaseSchedule.run(context, releaseSchedule.check(raw, context.settings));

test('create keeps the whole release, with the identity of its cluster; the others act on the schedule of the target', async () => {
  const created = await call({ action: 'create', release: RELEASE, cron: '0 22 * * 1-5', time_zone: 'Europe/Berlin' });
  expect(created.schedules).toMatchObject([{ release_id: ID, when: '0 22 * * 1-5', paused: false }]);
  expect(gateway.schedules.created).toMatchObject([
    { spec: { image: 'shop:v2', clusterUid: 'uid-of-kube-system' }, startedBy: 'schedule of cli:ada' },
  ]);
  expect(await call({ action: 'pause', release_id: ID, reason: 'holidays' })).toMatchObject({
    schedules: [{ paused: true, note: 'pause by cli:ada: holidays' }],
  });
  await call({ action: 'unpause', release_id: ID });
  await call({ action: 'trigger', target: RELEASE.target });
  expect(gateway.schedules.triggered).toEqual([ID]);
  await expect(call({ action: 'delete', release_id: ID })).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    message: expect.stringContaining(`Delete the schedule of ${ID}?`),
  });
  await call({ action: 'delete', release_id: ID, confirm: ID });
  expect((await call({ action: 'list' })).schedules).toEqual([]);
});

test('an interval has no time zone, and list shows the allowed namespaces only', async () => {
  await call({ action: 'create', release: RELEASE, every: '6h' });
  expect(gateway.schedules.created).toMatchObject([{ when: { everyMs: 21_600_000, timeZone: 'UTC' } }]);
  context = { ...context, settings: { ...context.settings, allowedNamespaces: ['other'] } };
  expect((await call({ action: 'list' })).schedules).toEqual([]);
});

test.each([
  [{ action: 'create', release: RELEASE, cron: '0 22 * * *', time_zone: 'Europe/Berlim' }, /time zone/],
  [{ action: 'create', release: RELEASE, cron: 'nightly' }, /five fields/],
  [{ action: 'create', release: RELEASE }, /cron or every/],
  [{ action: 'create', release: RELEASE, cron: '0 22 * * *', every: '1h' }, /cron or every/],
  [{ action: 'create', release: RELEASE, every: '1h', time_zone: 'UTC' }, /for cron only/],
  [{ action: 'create', release: { ...RELEASE, imge: 'x' }, every: '1h' }, /imge/],
  [{ action: 'create', every: '1h' }, /release: is missing/],
  [{ action: 'pause' }, /give release_id, or target/],
  [{ action: 'pause', release_id: ID, cron: '0 22 * * *' }, /for create only/],
  [{ action: 'stop', release_id: ID }, /action/],
  [
    { action: 'stop\n    at run (app.ts:1)', cron: '0 22 * * *', timeouts: {} },
    /^action: [^\n]+ is not one of [^\n]+$/,
  ],
])('%j is refused', async (raw, message) => {
  await expect(call(raw)).rejects.toMatchObject({ message: expect.stringMatching(message) });
  expect(gateway.schedules.created).toEqual([]);
});

test('a schedule that is not there', async () => {
  const removal = call({ action: 'delete', release_id: ID, confirm: ID });
  await expect(removal).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
});

test('a target that does not exist gets no schedule', async () => {
  const world = await context.worlds.of('prod', undefined, {});
  const gone = () => Promise.reject(new SluiceError('ROLLOUT_NOT_FOUND', 'There is no Rollout shop/web.'));
  context = { ...context, worlds: { of: async () => ({ ...world, workload: { ...world.workload, read: gone } }) } };

  const making = call({ action: 'create', release: RELEASE, every: '6h' });

  await expect(making).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
  expect(gateway.schedules.created).toEqual([]);
});
