import { expect, test } from '@jest/globals';
import { judgeCopies, onlyReads, pastOf } from '../../../src/domain/analysis/copies.ts';
import type { Arms } from '../../../src/domain/analysis/blocks.ts';
import type { ArmSeries, Series } from '../../../src/domain/analysis/series.ts';
import type { AnalysisSpec } from '../../../src/domain/release/plan.ts';

const FROM = 3_600_000;
const SCRAPE_MS = 10_000;
const LIMITS: AnalysisSpec = { soakMs: 60_000, minRequests: 20, holdMs: 0, minSuccessRatio: 0.95, maxP95Ms: 300 };

/** Requests per second of one method from `since` on. `slow` and `bad` are shares. */
interface Flow {
  readonly method: string;
  readonly rate: number;
  readonly bad?: number;
  readonly slow?: number;
  readonly since?: number;
}

function armOf(service: string, flows: readonly Flow[], to: number): ArmSeries {
  const times = Array.from({ length: Math.floor(to / SCRAPE_MS) + 1 }, (_, index) => index * SCRAPE_MS);
  const series = ({ rate, since = 0 }: Flow, labels: Series['labels'], share: number): Series => ({
    labels: { service, instance: 'a', protocol: 'http', ...labels },
    samples: times.filter((at) => at >= since).map((at) => [at, Math.floor(((at - since) / 1000) * rate * share)]),
  });
  return {
    requests: flows.flatMap((flow) => [
      series(flow, { method: flow.method, code: '200' }, 1 - (flow.bad ?? 0)),
      series(flow, { method: flow.method, code: '500' }, flow.bad ?? 0),
    ]),
    buckets: flows.flatMap((flow) => [
      series(flow, { method: flow.method, code: '200', le: '0.3' }, 1 - (flow.slow ?? 0)),
      series(flow, { method: flow.method, code: '200', le: '+Inf' }, 1),
    ]),
  };
}

/** A fifth of 100 reads a second is copied for `seconds`. */
function judged(
  copies: Partial<Flow>,
  { stable = [{ method: 'GET', rate: 100 }], limits = LIMITS, seconds = 120 } = {},
) {
  const to = FROM + seconds * 1000;
  const arms = (until: number): Arms => ({
    candidate: onlyReads(armOf('new', [{ method: 'GET', rate: 20, since: FROM, ...copies }], until)),
    stable: onlyReads(armOf('stable', stable, until)),
  });
  const past = pastOf({ ...arms(FROM), candidate: { requests: [], buckets: [] } }, { from: 0, to: FROM });
  return judgeCopies({ percent: 20, limits }, arms(to), past, { from: FROM, to });
}
const outcomeOf = (verdict: ReturnType<typeof judged>, metric: string) =>
  verdict.findings.find((one) => one.metric === metric)?.outcome;

test('good copies pass, and their number is a finding', () => {
  const verdict = judged({});
  expect(verdict.outcome).toBe('pass');
  expect(outcomeOf(verdict, 'answered-copies')).toBe('pass');
});

test.each([
  ['errors', { bad: 0.3 }, 'success-ratio'],
  ['slowness', { slow: 0.5 }, 'p95'],
])('%s of the copies fails', (_what, copies, metric) => {
  const verdict = judged(copies);
  expect(verdict.outcome).toBe('fail');
  expect(outcomeOf(verdict, metric)).toBe('fail');
});

test('slow writes of stable do not hide slow reads of the new version', () => {
  const { minSuccessRatio: _ratio, maxP95Ms: _p95, ...rest } = LIMITS;
  const limits = { ...rest, sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [300] } };
  const stable = [
    { method: 'GET', rate: 100 },
    { method: 'POST', rate: 100, slow: 0.9 },
  ];
  expect(judged({ slow: 0.4 }, { stable, limits, seconds: 300 }).outcome).toBe('fail');
  expect(judged({}, { stable, limits, seconds: 300 }).outcome).toBe('pass');
});

test('a version that answers too few copies never passes, and fails when the soak is over', () => {
  const hanging = { rate: 4 };
  const late = judged(hanging);
  expect([late.outcome, outcomeOf(late, 'answered-copies')]).toEqual(['fail', 'fail']);
  expect(late.reason).toMatch(/answered copies of \d+ reads, about \d+ expected: the new version does not answer/);
  expect(outcomeOf(judged(hanging, { seconds: 50 }), 'answered-copies')).toBe('too-little-traffic');
});

test('without one answered copy there is no data, and then a failure', () => {
  const silent = { rate: 0 };
  expect(outcomeOf(judged(silent, { seconds: 50 }), 'answered-copies')).toBe('no-data');
  expect(judged(silent).outcome).toBe('fail');
});

test('without reads of users nothing is judged', () => {
  expect(judged({ rate: 0 }, { stable: [{ method: 'POST', rate: 100 }] }).outcome).toBe('no-data');
});
