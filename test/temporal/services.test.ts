import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import { createServices, type Services } from '../../src/entry/services.ts';
import { releaseSpec } from '../support/builders.ts';
import { settingsWith } from '../support/settings.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';

let temporal: TestTemporal;
let services: Services;
const before = process.env['TEMPORAL_ADDRESS'];

beforeAll(async () => {
  temporal = await startTestTemporal();
  process.env['TEMPORAL_ADDRESS'] = (temporal.client.connection as Connection).options.address;
  services = createServices(settingsWith({ taskQueue: 'services' }));
}, 120_000);
afterAll(async () => {
  await services.close();
  if (before === undefined) delete process.env['TEMPORAL_ADDRESS'];
  else process.env['TEMPORAL_ADDRESS'] = before;
  await temporal.stop();
});

test('the gateway that an interface gets reaches Temporal with each of its parts', async () => {
  const { gateway } = services;
  expect(await gateway.probe()).toMatchObject({ taskQueue: 'services', pollers: 0 });
  expect(await gateway.guard('release/dev/shop/shop')).toBeUndefined();

  const spec = releaseSpec();
  const created = await gateway.schedules.create({
    spec,
    startedBy: 'cli:ada',
    when: { cron: '0 22 * * 1-5', timeZone: 'Europe/Berlin' },
  });
  expect(created).toMatchObject({ image: spec.image, timeZone: 'Europe/Berlin', paused: false });
  const { releaseId } = created;
  expect(await gateway.schedules.pause(releaseId, 'by ada')).toMatchObject({ paused: true, note: 'by ada' });
  expect((await gateway.schedules.list()).map((one) => one.releaseId)).toEqual([releaseId]);
  await gateway.schedules.remove(releaseId);
  await expect(gateway.schedules.trigger(releaseId)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
}, 60_000);
