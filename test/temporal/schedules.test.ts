import { expect, test } from '@jest/globals';
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import type { TemporalLink } from '../../src/temporal/connection.ts';
import { createSchedules } from '../../src/temporal/schedules.ts';

const described = { memo: { image: 'shop:v2', when: '0 3 * * *', time_zone: 'UTC' }, state: { paused: false } };

/** A server whose list still names schedules of which one was deleted, as a busy one does for a moment. */
function lagging(failure: (id: string) => Error): TemporalLink {
  const getHandle = (scheduleId: string) => ({
    scheduleId,
    describe: async () => {
      if (scheduleId.endsWith('/deleted')) throw failure(scheduleId);
      return { ...described, info: { nextActionTimes: [], recentActions: [] } };
    },
  });
  async function* list() {
    for (const name of ['web', 'deleted', 'api']) yield { scheduleId: `schedule/release/dev/shop/${name}` };
  }
  const client = { schedule: { list, getHandle } } as unknown as Client;
  return { call: (work: (of: Client) => Promise<unknown>) => work(client) } as unknown as TemporalLink;
}

test('a schedule that was deleted while the list was read is not in the list', async () => {
  const { list } = createSchedules(
    lagging((id) => new ScheduleNotFoundError('not found', id)),
    'releases',
  );
  expect((await list()).map(({ releaseId }) => releaseId)).toEqual(['release/dev/shop/web', 'release/dev/shop/api']);
});

test('another error of one schedule is the error of the list', async () => {
  const { list } = createSchedules(
    lagging(() => new Error('the server is away')),
    'releases',
  );
  await expect(list()).rejects.toThrow('the server is away');
});
