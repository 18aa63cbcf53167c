import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildReport } from '../../../src/domain/report/build-report.ts';
import type { ReleaseReport } from '../../../src/domain/report/report.ts';
import type { RecordEntry } from '../../../src/domain/release/record.ts';
import { recordedRelease, type Told } from '../../support/report/recorded-release.ts';

const WORSE: Told = { candidate: { bad: 0.06, slow: 0.04 }, stable: { bad: 0.02, slow: 0.04 } };

function reportOf(entries: readonly RecordEntry[]): ReleaseReport {
  const report = buildReport(entries);
  if (!report) throw new Error('no report');
  return report;
}

const good = recordedRelease();
const bad = recordedRelease(WORSE);

test('says what release it was, how it ended and why', () => {
  expect(reportOf(good).release).toMatchObject({
    id: 'release/prod/shop/web',
    image: 'shop:v2',
    previous: 'shop:v1',
    state: 'succeeded',
    starter: 'cli:ada',
    alpha: 0.05,
    closed: expect.any(Number),
  });
  expect(reportOf(bad).release).toMatchObject({ state: 'rolled-back', reason: expect.stringContaining('errors') });
});

test('what was told late of an earlier moment does not open a release again', () => {
  const first = good.find(({ kind }) => kind === 'release');

  expect(reportOf([...good, first as RecordEntry]).release.state).toBe('succeeded');
});

test('each weight is told with its proof and its last verdict; those that were not reached have neither', () => {
  expect(reportOf(good).steps.map(({ weight, outcome, proved }) => [weight, outcome, proved !== undefined])).toEqual(
    [5, 10, 25, 50, 100].map((weight) => [weight, 'pass', true]),
  );
  expect(reportOf(bad).steps.map(({ outcome, proved }) => [outcome, proved !== undefined])).toEqual([
    ['fail', true],
    ...Array.from({ length: 4 }, () => [undefined, false]),
  ]);
});

test('after the promotion of a release that succeeded, a weight of 0 is 100 % of the users', () => {
  const last = good.findLast(({ kind }) => kind === 'release') as RecordEntry & { kind: 'release' };
  const promoting = { at: last.at - 5000, state: 'promoting', text: 'every step has passed: promoting' } as const;
  const event: RecordEntry = { ...last, key: 'event/promoting', kind: 'event', at: promoting.at, data: promoting };
  const report = reportOf([
    ...good.filter((entry) => entry !== last),
    event,
    { ...last, data: { ...last.data, weightWanted: 0 } },
  ]);

  expect(report.weights.wanted.map(({ weight }) => weight)).toEqual([0, 5, 10, 25, 50, 100]);
  expect(report.release.users).toBe(100);
});

test('the weight that is wanted follows the steps, and goes to 0 in a rollback', () => {
  expect(reportOf(good).weights.wanted.map(({ weight }) => weight)).toEqual([0, 5, 10, 25, 50, 100]);
  expect(reportOf(bad).weights.wanted.map(({ weight }) => weight)).toEqual([0, 5, 0]);
});

describe('both arms', () => {
  test.each(['errors', 'slow-300ms'])('no answer is lost or counted twice: %s', (name) => {
    const buckets = reportOf(good).comparisons.find((one) => one.name === name)?.buckets ?? [];
    const blocks = good.flatMap((entry) => (entry.kind === 'block' ? [entry.data.questions[name]?.block] : []));

    for (const arm of ['candidate', 'stable'] as const) {
      expect(buckets.reduce((sum, { value }) => sum + (value[arm]?.of ?? 0), 0)).toBe(
        blocks.reduce((sum, block) => sum + (block?.[arm].requests ?? 0), 0),
      );
      expect(buckets.reduce((sum, { value }) => sum + (value[arm]?.hits ?? 0), 0)).toBe(
        blocks.reduce((sum, block) => sum + (block?.[arm].bad ?? 0), 0),
      );
    }
  });

  test('buckets follow one another, hold enough requests, and their bands hold the share', () => {
    const buckets = reportOf(good).comparisons.flatMap((one) => one.buckets);

    for (const { from, to, value } of buckets) {
      expect(to).toBeGreaterThan(from);
      for (const share of [value.candidate, value.stable]) {
        if (!share) throw new Error('an arm without requests');
        expect(share.of).toBeGreaterThanOrEqual(100);
        expect(share.low).toBeLessThanOrEqual(share.hits / share.of);
        expect(share.high).toBeGreaterThanOrEqual(share.hits / share.of);
      }
    }
  });

  test('without blocks they come from the counts of the verdicts, once for each window', () => {
    const report = reportOf(good.filter(({ kind }) => kind !== 'block'));

    expect(report.comparisons).toMatchObject([{ name: 'errors', source: 'verdicts' }]);
    expect(report.comparisons[0]?.buckets).toHaveLength(5);
    expect(report.weights.measured).toHaveLength(5);
    expect(report.evidence).toBeUndefined();
  });
});

describe('evidence', () => {
  test('a good version proves each question, and the picture holds the moment', () => {
    for (const question of reportOf(good).evidence?.questions ?? []) {
      expect(question.proved).toBeDefined();
      expect(question.points.map(({ at }) => at)).toContain(question.proved);
      expect(question.most.better).toBeGreaterThanOrEqual(Math.log(20));
    }
    expect(reportOf(good).evidence?.questions.map(({ name }) => name)).toEqual(['errors', 'slow-300ms']);
  });

  test('a bad one reaches the bound of "worse", all questions together, and errors are not proved', () => {
    const evidence = reportOf(bad).evidence;

    expect(evidence?.bound).toBeCloseTo(Math.log(20));
    expect(Math.max(...(evidence?.together ?? []).map(({ worse }) => worse))).toBeGreaterThanOrEqual(Math.log(20));
    expect(evidence?.questions.find(({ name }) => name === 'errors')?.proved).toBeUndefined();
  });

  test('a release of a day has no more points than a screen', () => {
    const long = reportOf(
      recordedRelease({ rate: 2, candidate: { bad: 0.02, slow: 0.04 }, stable: { bad: 0.02, slow: 0.04 } }),
    );

    for (const { points, blocks } of long.evidence?.questions ?? [])
      expect(points.length).toBeLessThanOrEqual(Math.min(blocks, 162));
  });
});

test('verdicts that say the same again and again are told once, with how often', () => {
  const { verdicts } = reportOf(good);
  const written = good.filter(({ kind }) => kind === 'verdict').length;

  expect(verdicts.map(({ step, outcome }) => [step, outcome])).toEqual([
    [0, 'inconclusive'],
    [0, 'pass'],
    [1, 'inconclusive'],
    [1, 'pass'],
    [2, 'pass'],
    [3, 'pass'],
    [4, 'pass'],
  ]);
  expect(verdicts.reduce((sum, { times }) => sum + times, 0)).toBe(written);
});

describe('looks of the guard', () => {
  const first = good.find(({ kind }) => kind === 'verdict') as RecordEntry & { kind: 'verdict' };
  const look = (at: number, changes: Partial<(typeof first)['data']>): RecordEntry => ({
    ...first,
    key: `verdict/look/${at}`,
    at,
    data: { ...first.data, outcome: 'no-data', ...changes },
  });
  const beginning = good.filter(({ at }) => at < first.at - 30_000);
  const before = look(first.at - 31_000, { weight: 5 });

  test('before a step is judged they are no verdict on the step', () => {
    const early = reportOf([...good.filter(({ at }) => at <= first.at), before]);
    const report = reportOf([...beginning, before, ...judgingLater()]);

    expect(early.verdicts.find(({ outcome }) => outcome === 'no-data')).toMatchObject({ by: 'guard' });
    expect(report.steps[0]).not.toHaveProperty('outcome');
  });

  test('a failure is a verdict whenever it is seen', () => {
    const failed = look(first.at - 31_000, { outcome: 'fail' });
    const { steps, verdicts } = reportOf([...beginning, failed, ...judgingLater()]);

    expect(steps[0]?.outcome).toBe('fail');
    expect(verdicts[0]).not.toHaveProperty('by');
  });

  test('after the release they are no further step', () => {
    const last = good.at(-1)?.at ?? 0;
    const after = look(last + 1000, { step: 5, weight: 100, outcome: 'pass' });

    expect(reportOf([...good, after]).verdicts.at(-1)).toMatchObject({ by: 'guard', weight: 100 });
  });

  /** The moment at which another step was judged, so that the record has such moments. */
  function judgingLater(): RecordEntry[] {
    const at = first.at + 60_000;
    const event = (state: 'shifting' | 'judging', text: string): RecordEntry => ({
      ...first,
      key: `event/${text}`,
      kind: 'event',
      at,
      data: { at, state, text },
    });
    return [event('shifting', 'step 2 of 5: weight 10'), event('judging', 'judging weight 10')];
  }
});

test('people are told with what they did; queries with how often they were asked', () => {
  expect(reportOf(good).people).toMatchObject([
    { who: 'cli:ada', did: [{ text: 'started the release' }] },
    { who: 'mcp:claude', did: [{ text: 'promoted' }] },
  ]);
  expect(reportOf(good).commands).toMatchObject([{ command: 'promote', outcome: 'applied' }]);
  expect(reportOf(good).queries.map(({ name, arm }) => `${name} ${arm}`)).toEqual([
    'requests candidate',
    'requests stable',
    'durations candidate',
    'durations stable',
  ]);
  for (const { asked, answers } of reportOf(good).queries)
    expect([asked > answers.length, answers.length]).toEqual([true, 12]);
});

test('an abort is told once for its person, without their name', () => {
  const aborted = good.map(
    (entry): RecordEntry =>
      entry.kind === 'event' && entry.data.state === 'succeeded'
        ? {
            ...entry,
            data: { ...entry.data, state: 'rolled-back', text: 'aborted by ben: slow; traffic is settled', who: 'ben' },
          }
        : entry,
  );
  const [first] = aborted.filter(({ kind }) => kind === 'event') as [RecordEntry & { kind: 'event' }];
  const commands = (['soaking', 'aborting'] as const).map((state, index) => ({
    ...first,
    key: `event/abort/${index}`,
    data: { at: first.at, state, text: 'aborted by ben: slow', who: 'ben' },
  }));

  expect(reportOf([...commands, ...aborted]).people.find(({ who }) => who === 'ben')?.did).toMatchObject([
    { text: 'aborted: slow' },
  ]);
});

test('limits have their course; questions of the sequential judge are not told twice', () => {
  expect(reportOf(good).metrics.map(({ name, unit }) => [name, unit])).toEqual([['p95', 'ms']]);
});

test('nothing that looks like a credential or moves a cursor leaves the record', () => {
  const entries = good.map(
    (entry): RecordEntry =>
      entry.kind === 'event'
        ? { ...entry, data: { ...entry.data, text: 'password=hunter2 \u001b[2J\u202etxt' } }
        : entry,
  );

  expect(JSON.stringify(reportOf(entries))).not.toMatch(/hunter2|\\u001b|\u202e/);
});

test('a run that says nothing of its release has no report', () => {
  expect(buildReport([])).toBeUndefined();
  expect(buildReport(good.filter(({ kind }) => kind !== 'release'))).toBeUndefined();
});

test('any beginning of any release has a report, whatever is missing from it', () => {
  const told = fc.record({
    seed: fc.integer(),
    rate: fc.integer({ min: 1, max: 60 }),
    endsIn: fc.integer({ min: 0, max: 1 }),
  });
  fc.assert(
    fc.property(
      told,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.subarray<string>(['event', 'command', 'proof', 'query', 'block', 'verdict']),
      (release, part, missing) => {
        const all = recordedRelease({ ...release, candidate: { bad: 0.01, slow: 0.2 } });
        const first = all.findIndex(({ kind }) => kind === 'release');
        const entries = all
          .slice(0, first + 1 + Math.floor((all.length - first) * part))
          .filter(({ kind }) => !missing.includes(kind));
        const report = reportOf(entries);
        expect(report.release.until).toBeGreaterThanOrEqual(report.release.started);
        expect(report.events).toHaveLength(entries.filter(({ kind }) => kind === 'event').length);
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);
