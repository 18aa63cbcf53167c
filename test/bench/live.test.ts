import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Queue } from '../../bench/live/queue.ts';
import { lines, page, sums, table, Z95 } from '../../bench/live/report.ts';
import { Results, type LiveRun, type Outcome } from '../../bench/live/results.ts';
import { imageOf, isSame, kindOf, SCENARIOS, type Scenario } from '../../bench/live/scenarios.ts';
import { simulated } from '../../bench/live/simulated.ts';
import { shareInterval } from '../../src/domain/analysis/share.ts';
import { behaviourOf } from '../../sandbox/node-agent/behaviour.ts';

const run = (scenario: string, outcome: Outcome, seed = 1): LiveRun => ({
  scenario,
  seed,
  stableSeed: 9,
  outcome,
  seconds: 20,
  requests: 500,
  bad: 20,
  reason: 'a reason',
  pastSeconds: 60,
  loadAverage: 2,
  endedAt: '2026-11-21T15:00:00.000Z',
});
const named = (id: string) => SCENARIOS.find((scenario) => scenario.id === id) as Scenario;

function inFolder(what: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  try {
    what(join(folder, 'deep', 'live.jsonl'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// scipy 1.17.1, binomtest(hits, 20).proportion_ci(method='wilson').
test.each([
  [0, 20, 0, 0.161125],
  [1, 20, 0.008881, 0.236131],
  [10, 20, 0.299298, 0.700702],
  [20, 20, 0.838875, 1],
])('%d of %d: between %d and %d', (hits, n, low, high) => {
  const [lower, upper] = shareInterval(hits, n, Z95);
  expect(lower).toBeCloseTo(low, 5);
  expect(upper).toBeCloseTo(high, 5);
});

test('of no run at all nothing is known', () => {
  expect(shareInterval(0, 0, Z95)).toEqual([0, 1]);
});

test.each(SCENARIOS)('the images of $id behave as the simulation has it', ({ version, modifier }) => {
  for (const arm of ['candidate', 'stable'] as const) {
    const behaviour = behaviourOf(imageOf({ version, ...(modifier !== undefined && { modifier }) }, arm, 3, 42));
    expect(behaviour.errorShare).toBeCloseTo(version.errors[arm], 9);
    expect(behaviour.addedMs === 0 ? 0 : behaviour.slowShare).toBeCloseTo(version.slow[arm], 9);
    expect(behaviour.clump).toBe(version.errors[arm] > 0 ? (version.clump ?? 1) : 1);
    expect(behaviour).toMatchObject({ seed: 42, startMs: 0, neverReady: false, crashMs: undefined });
  }
});

test('what an interruption leaves is found again, and only the rest is run', () => {
  inFolder((file) => {
    const [clean] = [named('clean')];
    const first = new Results(file);
    first.add(run('clean', 'pass', 4));
    first.add(run('clean', 'disturbed', 5));

    const queue = new Queue([clean], new Results(file), 3);
    const handed = [queue.next(undefined), queue.next(undefined), queue.next(undefined)];

    expect(handed.map((next) => next?.seed)).toEqual([6, 7, undefined]);
    queue.done(clean);
    expect(queue.next(kindOf(clean))?.seed).toBe(8);
  });
});

test('a slot stays with its kind of stable version, others go where most is left', () => {
  inFolder((file) => {
    const results = new Results(file);
    const scenarios = SCENARIOS.filter(({ modifier, defaults, protocol }) =>
      [modifier, defaults, protocol].every((one) => one === undefined),
    );
    const queue = new Queue(scenarios, results, 1);
    const first = queue.next(undefined)?.scenario as Scenario;
    const second = queue.next(kindOf(first))?.scenario as Scenario;

    // Three scenarios have a stable version without errors.
    expect([first, second].map(kindOf)).toEqual([kindOf(named('clean')), kindOf(named('clean'))]);
    expect(kindOf(queue.next(undefined)?.scenario as Scenario)).not.toBe(kindOf(first));
  });
});

test('only versions like stable may become the next stable version', () => {
  expect(SCENARIOS.filter(isSame).map(({ id }) => id)).toEqual(['clean', 'same', 'same-clumps', 'defaults']);
});

test('the simulation of a scenario decides as its truth is', () => {
  expect(simulated(named('worse'), 50, 1)).toMatchObject({ runs: 50, fail: 1, pass: 0 });
  const clean = simulated(named('clean'), 50, 1);
  expect(clean).toMatchObject({ pass: 1, fail: 0 });
  expect(clean.requests).toBeGreaterThan(100);
});

test('the page counts wrong decisions with their interval, and leaves disturbed runs out', () => {
  const runs = [
    ...Array.from({ length: 19 }, () => run('clean', 'pass')),
    run('clean', 'fail'),
    run('clean', 'disturbed'),
    run('worse', 'fail'),
    run('worse', 'pass'),
  ];
  const all = lines(runs, 20);

  expect(table(all)).toContain(
    '| same: no errors | 25, 50 % | live | 20 | 5.0 % | 95 % | 0 % | 20 | 500 | 1 (0.9 % to 24 %) |',
  );
  expect(sums(all)).toBe(
    'False alarms: 1 of 20 (95 % interval 0.9 % to 24 %) releases of versions that are not worse. Misses: 1 of 2 (95 % interval 9.5 % to 91 %) releases of versions that are. The judge promises at most 5 % of each.',
  );
  expect(page(runs, all)).toContain('1 further runs ended by something else than the judge');
});
