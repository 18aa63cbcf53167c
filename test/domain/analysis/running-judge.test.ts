import { describe, expect, test } from '@jest/globals';
import { seeded } from '../../../bench/analysis/random.ts';
import {
  addBlocks,
  concludes,
  startJudge,
  verdictOf,
  type JudgeState,
} from '../../../src/domain/analysis/running-judge.ts';
import { questionsOf } from '../../../src/domain/analysis/sequential/questions.ts';
import { blockOf, HOUR, judgeAfterAnHour, SETTINGS, watch, type Traffic } from '../../support/judged-traffic.ts';

const SAME: Traffic = { candidate: 300, stable: 2700, bad: { candidate: 0.02, stable: 0.02 } };
const RARE: Traffic = { ...SAME, bad: { candidate: 0.001, stable: 0.001 } };
const STEP = { weight: 10, from: HOUR };
const ENOUGH = { inStep: 1e6, minRequests: 50, known: [300] };
const said = (state: JudgeState) => verdictOf(SETTINGS, state, ENOUGH);

describe('what it says', () => {
  test.each([
    ['a version that is clearly worse fails', { ...SAME, bad: { candidate: 0.06, stable: 0.02 } }, 20, 'fail'],
    ['a version that is only slow fails', { ...SAME, slow: { candidate: 0.2, stable: 0.04 } }, 20, 'fail'],
    ['the same version passes in time', RARE, 40, 'pass'],
    ['early it is inconclusive', SAME, 2, 'inconclusive'],
  ] as const)('%s', (_, traffic, scrapes, expected) => {
    const random = seeded(7);
    const verdict = said(watch(random, judgeAfterAnHour(random, 3000, traffic.bad.stable), traffic, scrapes, STEP));

    expect(verdict.outcome).toBe(expected);
    for (const { reason } of verdict.findings) expect(reason).toMatch(/^\S+: .{20,200}$/);
  });

  test('nothing counted is no data, few requests at this weight are too little traffic', () => {
    const random = seeded(7);
    const fresh = judgeAfterAnHour(random, 3000, 0.001);
    expect(said(fresh).outcome).toBe('no-data');

    const few = verdictOf(SETTINGS, watch(random, fresh, RARE, 40, STEP), { ...ENOUGH, inStep: 12 });
    expect(few.outcome).toBe('too-little-traffic');
    expect(few.findings.at(-1)).toMatchObject({ metric: 'requests', measured: 12, limit: 50 });
  });

  test('data of the warm-up teach how stable behaves and are no evidence', () => {
    const random = seeded(7);
    const cold = { ...SAME, bad: { candidate: 0.5, stable: 0.02 } };
    const early = startJudge(SETTINGS, [], [300], 2 * HOUR);

    const state = watch(random, early, cold, 20, { weight: 10, from: HOUR }, HOUR);

    expect(said(state).outcome).toBe('no-data');
    expect(state.questions['errors']?.past[0]?.requests).toBeGreaterThan(0);
  });

  test('a bound that the versions have no bucket for is no data, and names those that there are', () => {
    const random = seeded(7);
    const state = watch(random, judgeAfterAnHour(random, 3000, 0.001), RARE, 40, STEP);

    const { outcome, findings } = verdictOf(SETTINGS, state, { ...ENOUGH, known: [100, 250] });

    expect(outcome).toBe('no-data');
    expect(findings).toContainEqual({
      metric: 'slow-300ms',
      outcome: 'no-data',
      reason:
        'slow-300ms: the proxy does not count a bucket that ends at 300 ms for both versions; both have 100, 250 ms',
    });
  });
});

describe('each weight needs its own proof', () => {
  test('what a smaller weight proved does not pass the next one', () => {
    const random = seeded(7);
    const proved = watch(random, judgeAfterAnHour(random, 3000, 0.001), RARE, 40, STEP);
    expect(said(proved).outcome).toBe('pass');

    const next = { weight: 50, from: proved.newest };
    const begun = watch(random, proved, { ...RARE, candidate: 10, stable: 10 }, 1, next);
    expect(said(begun).outcome).toBe('inconclusive');

    const going = watch(random, begun, { ...RARE, candidate: 1500, stable: 1500 }, 10, next);
    expect(said(going).outcome).toBe('pass');
  });

  test('a version that turns bad after it passed fails', () => {
    const random = seeded(7);
    const good = watch(random, judgeAfterAnHour(random, 3000, 0.001), RARE, 60, STEP);
    expect(said(good).outcome).toBe('pass');

    const bad = watch(random, good, { ...RARE, bad: { candidate: 0.1, stable: 0.001 } }, 4, STEP);
    expect(said(bad).outcome).toBe('fail');
  });

  test('after 45,000 good requests, 6 % errors against 1 % fail within 1,000 requests, in the median of 21 runs', () => {
    const needed = Array.from({ length: 21 }, (_, seed) => {
      const random = seeded(seed);
      const traffic: Traffic = { candidate: 125, stable: 375, bad: { candidate: 0.01, stable: 0.01 }, scrapeMs: 5_000 };
      const step = { weight: 25, from: HOUR };
      let state = watch(random, judgeAfterAnHour(random, 1500, 0.01), traffic, 360, step);
      for (let requests = 125; requests <= 45_000; requests += 125) {
        state = watch(random, state, { ...traffic, bad: { candidate: 0.06, stable: 0.01 } }, 1, step);
        if (concludes(SETTINGS.alpha, state) === 'fail') return requests;
      }
      return Infinity;
    }).toSorted((a, b) => a - b);

    expect(needed[10]).toBeLessThanOrEqual(1_000);
  });
});

describe('where stable answers nothing, its own past is compared with', () => {
  const alone = { weight: 100, from: HOUR };
  const all: Traffic = { candidate: 100, stable: 0, bad: { candidate: 0.05, stable: 0 }, scrapeMs: 1_000 };

  test('5 % errors at weight 100, where stable had none, fail within 15 seconds at 100 requests a second', () => {
    const random = seeded(7);
    const state = watch(random, judgeAfterAnHour(random, 1500, 0), all, 15, alone);

    const { outcome, findings } = said(state);
    expect(outcome).toBe('fail');
    expect(findings[0]?.reason).toContain("compared with stable's past hour");
  });

  test('the same version passes', () => {
    const random = seeded(7);
    const traffic: Traffic = { ...all, bad: { candidate: 0.002, stable: 0 } };
    expect(said(watch(random, judgeAfterAnHour(random, 1500, 0.002), traffic, 120, alone)).outcome).toBe('pass');
  });

  test('without a past nothing is said', () => {
    const random = seeded(7);
    const { outcome, findings } = said(watch(random, startJudge(SETTINGS, [], [300], HOUR), all, 60, alone));

    expect(outcome).toBe('no-data');
    expect(findings[0]?.reason).toBe(
      'errors: stable gets no requests at weight 100 and had none in the past hour, so there is no comparison',
    );
  });
});

test('ten errors in one clump are no proof, where stable had no errors from which clumps could be learnt', () => {
  const random = seeded(7);
  const quiet: Traffic = { candidate: 25, stable: 75, bad: { candidate: 0, stable: 0 }, scrapeMs: 1_000 };
  let state = watch(random, judgeAfterAnHour(random, 1500, 0), quiet, 14, { weight: 25, from: HOUR });
  const clump = blockOf(random, quiet, state.newest + 1_000);
  const errors = { candidate: { requests: 25, bad: 10 }, stable: { requests: 75, bad: 0 } };
  state = addBlocks(SETTINGS, state, [{ ...clump, questions: { ...clump.questions, errors } }], state.step).state;

  expect(said(state).outcome).not.toBe('fail');
  expect(said(watch(random, state, quiet, 60, state.step)).outcome).not.toBe('fail');
});

describe('kept as plain data', () => {
  test('it goes on from its JSON with exactly the same verdicts', () => {
    const traffic: Traffic = { ...SAME, bad: { candidate: 0.03, stable: 0.02 } };
    let [whole, resumed] = [judgeAfterAnHour(seeded(1), 3000, 0.02), judgeAfterAnHour(seeded(1), 3000, 0.02)];
    const [one, two] = [seeded(2), seeded(2)];
    for (const step of [STEP, { weight: 50, from: HOUR + 300_000 }, { weight: 100, from: HOUR + 600_000 }])
      for (let scrape = 0; scrape < 20; scrape += 1) {
        whole = watch(one, whole, traffic, 1, step);
        resumed = watch(two, JSON.parse(JSON.stringify(resumed)) as JudgeState, traffic, 1, step);
        expect(said(resumed)).toEqual(said(whole));
      }

    expect(resumed).toEqual(whole);
  });

  test('its size does not grow with time', () => {
    const random = seeded(3);
    const hour = watch(random, judgeAfterAnHour(random, 3000, 0.02), SAME, 240, STEP);
    const day = watch(random, hour, SAME, 5_000, STEP);

    expect(JSON.stringify(day).length).toBeLessThan(1.1 * JSON.stringify(hour).length);
    expect(JSON.stringify(day).length).toBeLessThan(16_000);
  });
});

test('the alarm budget is shared: half for errors, the rest for latency', () => {
  const weights = (slowerThanMs: readonly number[]) => questionsOf(SETTINGS, slowerThanMs).map(({ weight }) => weight);

  expect(weights([])).toEqual([1]);
  expect(weights([100, 300])).toEqual([0.5, 0.25, 0.25]);
});

test.each([
  ['failed: exactly on the margin', 0.03, 'fail'],
  ['passed: a little beyond it', 0.0301, 'pass'],
] as const)(
  'over whole releases no more than α are wrongly %s, looked at after every scrape',
  (_, candidate, wrong) => {
    const runs = 200;
    let wrongly = 0;
    for (let seed = 0; seed < runs; seed += 1) {
      const random = seeded(seed);
      let state = judgeAfterAnHour(random, 3000, 0.02);
      for (let scrape = 0; scrape < 60; scrape += 1) {
        state = watch(random, state, { ...SAME, bad: { candidate, stable: 0.02 } }, 1, STEP);
        const said = concludes(SETTINGS.alpha, state);
        if (said === 'open') continue;
        if (said === wrong) wrongly += 1;
        break;
      }
    }

    // Binomial 99.9 % bound around α = 5 % of 200 runs; the seeds are fixed, so this is no lottery.
    expect(wrongly).toBeLessThanOrEqual(21);
  },
);
