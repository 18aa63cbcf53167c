import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RecordEntry } from '../../../src/domain/release/record.ts';
import type { JournalPort } from '../../../src/ports/journal.ts';
import { AT } from '../../support/fake-gateway.ts';
import { eventEntry, releaseEntry } from '../../support/journal-entries.ts';
import { auditContract } from './audit.contract.ts';

let runs = 0;
const aRun = () => `run-${(runs += 1)}`;
const keysOf = (entries: readonly RecordEntry[]) => entries.map(({ key }) => key);

/** What every journal promises (src/ports/journal.ts). `open` answers the same one each time. */
export function journalContract(open: () => JournalPort): void {
  auditContract(open);

  test('what was written is read back as it was, also numbers and texts that JSON or SQL do not know', async () => {
    const runId = aRun();
    const values = [NaN, Infinity, -Infinity, 0.1, 0].map((value, index) => ({
      labels: { le: '+Inf', code: `${index}`, odd: '\0 \ud800 \u2028 \'"; -- ?' },
      value,
    }));
    const entry: RecordEntry = {
      releaseId: 'release/prod/shop/web',
      runId,
      key: 'query/0/requests/stable/7',
      kind: 'query',
      at: 7,
      data: { step: 0, name: 'requests', promql: 'sum(rate(x[5m])) > 0 ? "a" : $1', at: 7, values },
    };

    await open().append([entry]);

    expect(await open().read(runId)).toEqual([entry]);
  });

  test('a run that was never written is empty', async () => {
    expect(await open().read(aRun())).toEqual([]);
    await open().append([]);
  });

  test('a checkpoint is replaced by a newer one, never by an older one, and goes with its run', async () => {
    const [runId, open1] = [aRun(), aRun()];
    expect(await open().readCheckpoint(runId)).toBeUndefined();
    await open().writeCheckpoint(runId, 5, '{"blocks":5}');
    await open().writeCheckpoint(runId, 7, '{"blocks":7}');
    await open().writeCheckpoint(runId, 6, '{"blocks":6}');
    expect(await open().readCheckpoint(runId)).toBe('{"blocks":7}');

    await open().append([releaseEntry(open1, 1)]);
    await open().writeCheckpoint(open1, 5, '{}');
    await open().prune(8);
    expect(await open().readCheckpoint(runId)).toBeUndefined();
    expect(await open().readCheckpoint(open1)).toBe('{}');
  });

  test('the same run and key is kept once, as it was first; the same key of another run is another entry', async () => {
    const [one, other] = [aRun(), aRun()];
    await open().append([eventEntry(one, 'event/1', 5), eventEntry(one, 'event/1', 6)]);
    await open().append([eventEntry(one, 'event/1', 7), eventEntry(other, 'event/1', 8)]);

    expect(await open().read(one)).toEqual([eventEntry(one, 'event/1', 5)]);
    expect(await open().read(other)).toHaveLength(1);
  });

  test('any interleaving of repeated appends gives one entry for each key', async () => {
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const runId = aRun();
        await Promise.all(
          all.map((batch) => open().append(batch.map((number) => eventEntry(runId, `event/${number}`, AT + number)))),
        );
        const wanted = [...new Set(all.flat())].sort((a, b) => a - b);
        expect(keysOf(await open().read(runId))).toEqual(wanted.map((number) => `event/${number}`));
      }),
      { numRuns: 40 },
    );
  });

  test('entries come by their time, those of one millisecond in the order in which they were written', async () => {
    const runId = aRun();
    await open().append([eventEntry(runId, 'z', 5), eventEntry(runId, 'm', 5)]);
    await open().append([eventEntry(runId, 'early', 4), eventEntry(runId, 'a', 5)]);

    expect(keysOf(await open().read(runId))).toEqual(['early', 'z', 'm', 'a']);
  });

  test('more entries than one statement takes are written all at once', async () => {
    const runId = aRun();
    const all = Array.from({ length: 1_234 }, (_, number) => eventEntry(runId, `event/${number}`, number));

    await open().append([...all, ...all]);

    expect(await open().read(runId)).toEqual(all);
  });

  test('only the kinds that were asked for are read', async () => {
    const runId = aRun();
    await open().append([eventEntry(runId, 'event/1'), releaseEntry(runId, 1)]);

    expect(keysOf(await open().read(runId, { kinds: ['release'] }))).toEqual(['release/1']);
    expect(await open().read(runId, { kinds: [] })).toEqual([]);
    expect(await open().read(runId, { kinds: ['event', 'release', 'block'] })).toHaveLength(2);
  });

  test('secrets do not get in', async () => {
    const runId = aRun();
    const entry = eventEntry(runId, 'event/1');
    await open().append([
      {
        ...entry,
        data: { at: AT, state: 'soaking', text: 'away: https://ann:hunter2@prometheus/ with Bearer abcdefghijkl' },
      } as RecordEntry,
    ]);

    expect(JSON.stringify(await open().read(runId))).not.toMatch(/hunter2|abcdefghijkl/);
  });

  test('the list has one line for each run, as its last entry says, newest first', async () => {
    const [old, fresh] = [aRun(), aRun()];
    const id = `release/prod/shop/${old}`;
    await open().append([
      releaseEntry(old, 1, { id, startedAt: AT }),
      releaseEntry(fresh, 1, { id, startedAt: AT + 50, startedBy: 'cli:bob' }),
    ]);
    await open().append([releaseEntry(old, 3, { id, startedAt: AT, state: 'succeeded', closedAt: AT + 9 })]);
    await open().append([releaseEntry(old, 2, { id, startedAt: AT, state: 'judging' }, AT + 99)]);

    expect(await open().releases({ releaseId: id, limit: 9 })).toEqual([
      {
        releaseId: id,
        runId: fresh,
        state: 'soaking',
        strategy: 'canary',
        version: 'shop:v2',
        startedBy: 'cli:bob',
        startedAt: AT + 50,
      },
      {
        releaseId: id,
        runId: old,
        state: 'succeeded',
        strategy: 'canary',
        version: 'shop:v2',
        startedBy: 'cli:ada',
        startedAt: AT,
        closedAt: AT + 9,
      },
    ]);
    expect(await open().releases({ releaseId: id, limit: 1 })).toMatchObject([{ runId: fresh }]);
  });

  test('the list is filtered by place and state', async () => {
    const [here, there] = [aRun(), aRun()];
    await open().append([
      releaseEntry(here, 1, { id: `release/prod/${here}/web` }),
      releaseEntry(there, 1, { id: `release/dev/${here}/api`, state: 'succeeded', closedAt: AT }),
    ]);
    const found = async (filter: object) =>
      (await open().releases({ namespace: here, limit: 9, ...filter })).map(({ runId }) => runId).sort();

    expect(await found({})).toEqual([here, there].sort());
    expect(await found({ cluster: 'dev' })).toEqual([there]);
    expect(await found({ rollout: 'web' })).toEqual([here]);
    expect(await found({ state: 'succeeded' })).toEqual([there]);
    expect(await found({ state: 'succeeded', rollout: 'web' })).toEqual([]);
  });

  test('retention removes runs that ended before, with all that is theirs, and leaves what is open or younger', async () => {
    const [ended, younger, open_, unlisted] = [aRun(), aRun(), aRun(), aRun()];
    const closed = (runId: string, closedAt: number) =>
      releaseEntry(
        runId,
        1,
        { id: `release/prod/prune/${runId}`, state: 'succeeded', startedAt: 10, closedAt },
        closedAt,
      );
    await open().append([
      closed(ended, 20),
      eventEntry(ended, 'event/1', 500),
      closed(younger, 900),
      eventEntry(younger, 'event/1', 15),
    ]);
    await open().append([
      releaseEntry(open_, 1, { id: `release/prod/prune/${open_}`, startedAt: 10 }, 12),
      eventEntry(unlisted, 'event/1', 13),
    ]);

    expect(await open().prune(100)).toBe(1);

    expect(
      await Promise.all([ended, younger, open_, unlisted].map(async (runId) => (await open().read(runId)).length)),
    ).toEqual([0, 2, 1, 0]);
    expect(await open().releases({ releaseId: `release/prod/prune/${ended}`, limit: 9 })).toEqual([]);
    expect(await open().prune(100)).toBe(0);
  });
}
