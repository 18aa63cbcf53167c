import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Judge, Judged, Judgement } from '../../activities/analysis.ts';
import { Recorder } from '../../activities/recorder.ts';
import { recordedJudge } from '../../activities/record-judgements.ts';
import type { RecordEntry } from '../../src/domain/release/record.ts';
import type { QueryRecord } from '../../src/domain/release/record.ts';
import { createLog } from '../../src/observability/log.ts';
import { aView, AT, PLAN, SPEC } from '../support/fake-gateway.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { eventEntry } from '../support/journal-entries.ts';

function recording() {
  const lines: string[] = [];
  const journal = createFakeJournal();
  const recorder = new Recorder(journal, createLog('info', { write: (line) => void lines.push(line) }));
  return { journal, recorder, lines, keys: () => journal.entries.map(({ key }) => key) };
}

const event = (number: number) => eventEntry('run-1', `event/${number}`, number);

test('what was added before a flush is written when it resolves, whatever was under way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ add: fc.integer({ min: 0, max: 3 }), turns: fc.integer({ min: 0, max: 4 }), flush: fc.boolean() }),
        { maxLength: 12 },
      ),
      async (steps) => {
        const { recorder, journal } = recording();
        let number = 0;
        for (const { add, turns, flush } of steps) {
          recorder.add(Array.from({ length: add }, () => event((number += 1))));
          const wanted = number;
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          if (flush) await recorder.flush().then(() => expect(journal.entries.length).toBeGreaterThanOrEqual(wanted));
        }
        await recorder.close();
        expect(journal.entries).toHaveLength(number);
      },
    ),
    { numRuns: 60 },
  );
});

test('while the journal is away entries wait, in order; it is said once that it went and once that it came back', async () => {
  const { journal, recorder, lines, keys } = recording();
  journal.away = true;
  recorder.add([event(1)]);
  recorder.add([event(2)]);
  await expect(recorder.flush()).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  await expect(recorder.flush()).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
  journal.away = false;
  recorder.add([event(3)]);
  await recorder.flush();

  expect(keys()).toEqual(['event/1', 'event/2', 'event/3']);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'The journal is away. Releases go on; their entries are written when it is back.',
    'The journal is back',
  ]);
});

test('what waits has a limit: what comes then is given up and counted', async () => {
  const { journal, recorder, lines } = recording();
  journal.away = true;
  recorder.add(Array.from({ length: 20_005 }, (_, number) => event(number)));
  await recorder.flush().catch(() => undefined);
  journal.append = (entries) => Promise.resolve(void journal.entries.push(...entries));
  await recorder.flush();

  expect(journal.entries).toHaveLength(20_000);
  expect(lines.at(-1)).toContain('"lost":5');
});

test('a journal that stays away to the end is said with what was lost', async () => {
  const { journal, recorder, lines } = recording();
  journal.away = true;
  recorder.add([event(1), event(2)]);
  await recorder.close();

  expect(lines.at(-1)).toContain('"entries":2');
});

const OWNER = { releaseId: 'release/prod/shop/web', runId: 'run-1' };
const JUDGEMENT: Judgement = {
  scene: { target: SPEC.target, strategy: 'canary', plan: PLAN, owner: OWNER },
  limits: SPEC.analysis,
  from: AT,
  index: 1,
  wanted: 50,
};
const query = (changes: Partial<QueryRecord> = {}): QueryRecord => ({
  name: 'requests',
  arm: 'stable',
  promql: 'x',
  at: AT,
  values: [{ labels: {}, value: 7 }],
  ...changes,
});
const judged = (
  changes: {
    at?: number;
    to?: number;
    reason?: string;
    queries?: readonly QueryRecord[];
    outcome?: Judged['verdict']['outcome'];
  } = {},
): Judged => ({
  verdict: {
    outcome: changes.outcome ?? 'inconclusive',
    reason: changes.reason ?? 'not yet',
    findings: [],
    from: AT,
    to: changes.to ?? AT + 500,
  },
  trail: changes.at === undefined ? [] : [{ at: changes.at, instance: 'traefik-1', questions: {}, worse: 0 }],
  queries: changes.queries ?? [query()],
});

/**
 * What is written when a judge says these, one after the other; with a new process before each whose index is in
 * `restarts`.
 */
async function written(all: readonly Judged[], restarts: readonly number[] = []): Promise<readonly RecordEntry[]> {
  const { journal, recorder } = recording();
  let said: Judged = judged();
  const judge: Judge = async () => said;
  let one = recordedJudge(judge, recorder);
  for (const [index, answer] of all.entries()) {
    said = answer;
    if (restarts.includes(index)) one = recordedJudge(judge, recorder);
    expect(await one(JUDGEMENT)).toBe(answer);
  }
  await recorder.flush();
  return journal.entries;
}

test('a judgement a second over the same samples writes once', async () => {
  const all = Array.from({ length: 30 }, (_, second) => judged({ at: AT, to: AT + second * 1_000 }));

  expect((await written(all)).map(({ kind, at, data }) => [kind, at, (data as { step: number }).step])).toEqual([
    ['query', AT, 1],
    ['block', AT, 1],
    ['verdict', AT, 1],
  ]);
  expect(await written(all, [3, 9, 20])).toEqual(await written(all));
});

test('new samples, another outcome and other reasons are news', async () => {
  const all = [
    judged({ reason: 'odds 3' }),
    judged({
      reason: 'odds 5',
      to: AT + 600_500,
      at: AT + 600_000,
      queries: [query({ at: AT + 600_000, values: [{ labels: {}, value: 9 }] })],
    }),
    judged({
      reason: 'proved',
      to: AT + 600_600,
      outcome: 'pass',
      at: AT + 600_000,
      queries: [query({ at: AT + 600_000, values: [{ labels: {}, value: 9 }] })],
    }),
  ];

  expect((await written(all)).map(({ key }) => key.replace(/\/[0-9a-f]{8}\//, '/LIMITS/'))).toEqual([
    `query/1/requests/stable/${AT}`,
    `verdict/1/LIMITS/${AT}/inconclusive`,
    `query/1/requests/stable/${AT + 600_000}`,
    `block/traefik-1/${AT + 600_000}`,
    `verdict/1/LIMITS/${AT + 600_000}/inconclusive`,
    `verdict/1/LIMITS/${AT + 600_000}/pass`,
  ]);
});

test('counters are recorded once in ten minutes and a verdict of the same outcome every twenty seconds; another outcome at once', async () => {
  const after = (seconds: number, outcome?: 'pass') => {
    const at = AT + seconds * 1_000;
    const values = [{ labels: {}, value: seconds }];
    return judged({
      at,
      to: at,
      reason: `odds ${seconds}`,
      queries: [query({ at, values })],
      ...(outcome && { outcome }),
    });
  };
  const all = [...Array.from({ length: 25 }, (_, second) => after(second)), after(25, 'pass')];

  const kinds = (await written(all)).map(({ kind, at }) => `${kind} ${(at - AT) / 1000}`);

  expect(kinds.filter((one) => one.startsWith('query'))).toEqual(['query 0']);
  expect(kinds.filter((one) => one.startsWith('verdict'))).toEqual(['verdict 0', 'verdict 20', 'verdict 25']);
  expect(kinds.filter((one) => one.startsWith('block'))).toHaveLength(26);
});

test('each time that Prometheus is away is there once, with the reason', async () => {
  const away = (to: number) =>
    judged({ outcome: 'no-data', reason: 'away', to, queries: [query({ at: to, values: [], error: 'away' })] });
  const later = judged({ queries: [query({ at: AT + 60_000, values: [{ labels: {}, value: 99 }] })] });
  const entries = await written([
    judged(),
    away(AT + 1_000),
    away(AT + 2_000),
    later,
    away(AT + 61_000),
    away(AT + 62_000),
  ]);

  expect(entries.filter(({ kind }) => kind === 'query').map(({ data }) => (data as QueryRecord).error)).toEqual([
    undefined,
    'away',
    undefined,
    'away',
  ]);
  expect(
    entries.filter(({ kind, data }) => kind === 'verdict' && (data as { outcome: string }).outcome === 'no-data'),
  ).toHaveLength(2);
});

test('any sequence of judgements, told again by a process that starts anew, adds nothing', async () => {
  const answers = fc.array(
    fc.record({
      sample: fc.integer({ min: 0, max: 5 }),
      outcome: fc.constantFrom('pass', 'fail', 'inconclusive', 'no-data'),
      seen: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(answers, async (all) => {
      const times = all.map(({ sample }) => AT + sample * 1_000).sort((a, b) => a - b);
      const said = all.map(({ outcome, seen }, index) =>
        judged({
          outcome: outcome as 'pass',
          ...(seen ? { at: times[index] as number } : {}),
          queries: [
            query(
              seen
                ? { at: times[index] as number, values: [{ labels: {}, value: times[index] as number }] }
                : { values: [], error: 'away', at: AT + index },
            ),
          ],
        }),
      );
      const once = (await written(said)).map(({ key }) => key).sort();
      const again = (await written([...said, ...said], [said.length])).map(({ key }) => key).sort();
      expect(again).toEqual(once);
    }),
    { numRuns: 60 },
  );
});

test('an entry that the journal cannot take is dropped with its name, and holds up no other', async () => {
  const { recorder, keys, lines } = recording();
  const { plan: _, startedBy: __, ...data } = aView();
  const poisoned = { ...event(2), kind: 'release', key: 'release/1', data } as unknown as RecordEntry;
  recorder.add([event(1), poisoned, event(3)]);

  await recorder.flush();

  expect(keys()).toEqual(['event/1', 'event/3']);
  expect(lines.join('')).toMatch(/cannot take this entry/);
  expect(lines.join('')).toContain('release/1');
});

test('a release without data for minutes says so once, and once when data come again', async () => {
  const at = (minutes: number) => AT + minutes * 60_000;
  const away = (minutes: number) =>
    judged({
      outcome: 'no-data',
      reason: 'away',
      to: at(minutes),
      queries: [query({ at: at(minutes), values: [], error: 'away' })],
    });
  const back = judged({ at: at(9), to: at(9), queries: [query({ at: at(9), values: [{ labels: {}, value: 9 }] })] });
  const all = [judged({ at: AT, to: AT }), ...[1, 2, 4, 6, 7, 8].map(away), back, back];

  const events = (await written(all, [4])).filter(({ kind }) => kind === 'event');
  expect(events.map(({ key }) => key)).toEqual([`event/no-data/${AT}`, `event/data-again/${at(9)}`]);
  expect(events[0]?.data).toMatchObject({ text: 'no data for 6 minutes, so nobody judges this version: away' });
});

test('a release that is held for days writes less and less, and every other outcome', async () => {
  const hours = 48;
  const all = Array.from({ length: hours * 60 }, (_, minute) => {
    const at = AT + minute * 60_000;
    return judged({
      at,
      to: at,
      reason: `odds ${minute}`,
      outcome: minute === 2_000 ? 'inconclusive' : 'pass',
      queries: [query({ at, values: [{ labels: {}, value: minute }] })],
    });
  });

  const entries = await written(all);
  expect(entries.filter(({ kind }) => kind === 'query').length).toBeLessThan(1_500);
  const verdicts = entries.filter(({ kind }) => kind === 'verdict');
  expect(verdicts.length).toBeLessThan(1_500);
  expect(verdicts.filter(({ key }) => key.endsWith('/inconclusive'))).toHaveLength(1);
});
