import { afterAll, expect, jest, test } from '@jest/globals';
import { outcomeOf, type RecordEntry, type RecordKind } from '../../src/domain/release/record.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { ReleaseUnderTest, TEST_MS, TWO_STEPS, withRelease, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

function told<K extends RecordKind>({ journal }: ReleaseUnderTest, kind: K): Extract<RecordEntry, { kind: K }>[] {
  return journal.entries.filter((entry): entry is Extract<RecordEntry, { kind: K }> => entry.kind === kind);
}
const dataOf = (one: ReleaseUnderTest, kind: RecordKind): unknown[] => told(one, kind).map(({ data }) => data);

/** The commands as the release shows them: without who has decided. */
const outcomes = (one: ReleaseUnderTest): unknown[] => told(one, 'command').map(({ data }) => outcomeOf(data));

test.concurrent(
  'the journal has the whole story when a release has ended',
  release({ record: 'journal-good', world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    await one.update('promote', { requestId: 'yes', who: 'ann' });
    await one.until((view) => view.waiting?.for === 'promotion' && view.stepIndex === 1);
    await one.signal('promote', { requestId: 'yes-again', who: 'bob' });
    await one.ended();
    const view = await one.view();

    const { events, commands, ...standing } = view;
    expect(dataOf(one, 'event')).toEqual(events);
    expect(outcomes(one)).toEqual(commands);
    expect(told(one, 'command').map(({ data }) => data.decision)).toEqual([
      { who: 'ann', asked: 'promotion', step: 0 },
      { who: 'bob', asked: 'promotion', step: 1 },
    ]);
    expect(told(one, 'release').at(-1)).toMatchObject({
      runId: view.runId,
      releaseId: view.id,
      at: view.closedAt,
      data: standing,
    });
    expect(await one.journal.releases({ limit: 9 })).toMatchObject([
      { runId: view.runId, state: 'succeeded', version: 'shop:v2', closedAt: view.closedAt },
    ]);
  }),
);

test.concurrent(
  'it has every weight that was read back, every question to Prometheus and every verdict, each with its step',
  release({ world: { steps: TWO_STEPS } }, async (one) => {
    await one.ended();

    const proofs = told(one, 'proof').map(({ data }) => `${data.step}: ${data.wanted} ${data.effective}`);
    expect(proofs).toEqual(expect.arrayContaining(['0: 10 proved', '1: 50 proved', '1: 0 proved']));
    expect(told(one, 'verdict').map(({ data }) => [data.step, data.weight, data.outcome])).toEqual(
      expect.arrayContaining([
        [0, 10, 'pass'],
        [1, 50, 'pass'],
      ]),
    );
    const questions = new Set(told(one, 'query').map(({ data }) => `${data.step} ${data.name} ${data.arm}`));
    expect([...questions].sort()).toEqual(
      [0, 1].flatMap((step) =>
        ['durations', 'requests'].flatMap((name) => ['candidate', 'stable'].map((arm) => `${step} ${name} ${arm}`)),
      ),
    );
    expect(told(one, 'query').filter(({ data }) => !data.promql.includes('service='))).toEqual([]);
    // Before the new version has traffic its counters are empty, and the guard asks for them already.
    const answered = told(one, 'query').filter(({ data }) => data.values.length > 0);
    expect(new Set(answered.map(({ data }) => `${data.step} ${data.name} ${data.arm}`))).toEqual(questions);
  }),
);

test.concurrent(
  'the sequential judge leaves what was counted, block after block, with the evidence after it',
  release(
    {
      world: { steps: TWO_STEPS },
      prepare: ({ input }) =>
        Object.assign(input.spec.analysis, { sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 } }),
    },
    async (one) => {
      await one.ended();
      const blocks = told(one, 'block');
      expect(blocks.length).toBeGreaterThan(3);
      expect(new Set(blocks.map(({ key }) => key)).size).toBe(blocks.length);
      expect(blocks.at(-1)?.data.questions['errors']).toMatchObject({
        block: { candidate: { requests: expect.any(Number) } },
        notWorse: expect.any(Number),
      });
    },
  ),
);

test.concurrent(
  'an abort is there with who, why and what came of it',
  release({ record: 'journal-abort', spec: { analysis: { soakMs: 60_000 } } }, async (one) => {
    await one.until('soaking');
    await one.update('abort', { who: 'ann', why: 'wrong colour' });
    await one.ended();

    expect(dataOf(one, 'command')).toMatchObject([
      { command: 'abort', outcome: 'applied', detail: expect.stringContaining('traffic is back on shop:v1') },
    ]);
    expect(dataOf(one, 'event')).toContainEqual(
      expect.objectContaining({ who: 'ann', text: 'aborted by ann: wrong colour' }),
    );
    expect(told(one, 'release').at(-1)?.data).toMatchObject({ state: 'rolled-back', closedAt: expect.any(Number) });
  }),
);

test.concurrent(
  'a refused release is in the journal too',
  release(
    { record: 'journal-refused', prepare: ({ input }) => Object.assign(input.spec, { image: 'shop:v1' }) },
    async (one) => {
      expect(await one.ended()).toMatchObject({ state: 'refused' });
      expect(told(one, 'release').at(-1)?.data).toMatchObject({
        state: 'refused',
        reason: expect.stringContaining('preflight'),
      });
    },
  ),
);

test.concurrent(
  'a journal that is away holds nothing up; what it missed is written when it is back',
  release({ record: 'journal-away', world: { steps: TWO_STEPS }, spec: { manualPromotion: true } }, async (one) => {
    one.journal.away = true;
    await one.until((view) => view.waiting?.for === 'promotion');
    await one.update('promote');
    await one.until((view) => view.waiting?.for === 'promotion' && view.stepIndex === 1);
    expect(one.journal.entries).toEqual([]);
    one.journal.away = false;
    await one.update('promote');
    await one.ended();
    const { events, commands } = await one.view();

    expect(dataOf(one, 'event')).toEqual(events);
    expect(outcomes(one)).toEqual(commands);
    expect(told(one, 'verdict').map(({ data }) => data.step)).toEqual(expect.arrayContaining([0, 1]));
  }),
);

test.concurrent(
  'with a journal that stays away the release ends all the same, seconds later, and says so once',
  release({ record: 'journal-gone' }, async (one) => {
    one.journal.away = true;
    const settled = one
      .until((view) => view.events.some(({ text }) => text.startsWith('every step has passed')))
      .then(() => Date.now());
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });

    expect(Date.now() - (await settled)).toBeLessThan(60_000);
    const { events } = await one.view();
    expect(events.filter(({ text }) => text.startsWith('the journal could not be written'))).toHaveLength(1);
  }),
);

test.concurrent(
  'whoever sees the end may start the next release at once',
  release({}, async (one) => {
    await one.until(({ closedAt }) => closedAt !== undefined);
    Object.assign(one.input, { requestId: 'next', spec: { ...one.input.spec, image: 'shop:v3' } });
    await one.start();
    expect(await one.ended()).toMatchObject({ state: 'succeeded', reason: 'shop:v3 is stable' });
  }),
);

test.concurrent(
  'the journal has the events that the release itself had to drop',
  release({ spec: { approval: true } }, async (one) => {
    for (let number = 0; number < 210; number += 1) await one.signal('resume', { requestId: `r${number}` });
    await one.until(({ eventsBefore = 0 }) => eventsBefore > 0);
    await one.update('reject');
    await one.ended();

    const { events, eventsBefore = 0, commands } = await one.view();
    expect(events).toHaveLength(200);
    expect(told(one, 'event')).toHaveLength(200 + eventsBefore);
    expect(dataOf(one, 'event').slice(eventsBefore)).toEqual(events);
    expect(outcomes(one)).toEqual(commands);
  }),
);

test('a worker that takes over writes nothing twice', async () => {
  const one = new ReleaseUnderTest(temporal, { world: { steps: TWO_STEPS }, spec: { manualPromotion: true } });
  try {
    const first = await one.worker();
    await one.start();
    await first.runUntil(() => one.until((view) => view.waiting?.for === 'promotion'));
    const before = told(one, 'block').length + told(one, 'event').length;
    const second = await one.worker();
    await second.runUntil(async () => {
      await one.update('promote', { all: true });
      await one.ended();
      expect(dataOf(one, 'event')).toEqual((await one.view()).events);
    });
    expect(told(one, 'event').length).toBeGreaterThan(before / 2);
    expect(new Set(one.journal.entries.map(({ key }) => key)).size).toBe(one.journal.entries.length);
  } finally {
    one.world.stop();
  }
});
