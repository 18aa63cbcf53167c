import { expect, test } from '@jest/globals';
import { describeRelease } from '../../../src/domain/release/describe.ts';
import type { ReleaseView } from '../../../src/domain/release/view.ts';
import { releaseSpec } from '../../support/builders.ts';

const VIEW: ReleaseView = {
  id: 'release/dev/shop/shop',
  runId: 'run',
  spec: releaseSpec(),
  startedBy: 'ann',
  startedAt: 0,
  state: 'preflight',
  reason: 'checking the target',
  stepIndex: 0,
  weightWanted: 0,
  commands: [],
  events: [{ at: 0, state: 'preflight', text: 'checking the target' }],
};
const PLAN = {
  container: 'app',
  fromImage: 'shop:v1',
  toImage: 'shop:v2',
  stableHash: 'old',
  traefikService: 'shop',
  settleMs: 0,
  steps: [{ weight: 5 }, { weight: 50 }],
  stable: { service: 's', metricsService: 's' },
  candidate: { service: 'c', metricsService: 'c' },
};

test('a release that has just begun', () => {
  expect(describeRelease(VIEW).split('\n')).toEqual([
    '**preflight**: checking the target',
    '',
    'shop/shop → `shop:v2` (canary), started by ann',
    '',
    '* 1970-01-01T00:00:00.000Z checking the target',
  ]);
});

test('the report of this run is named where a server has it', () => {
  expect(describeRelease(VIEW, 'https://sluice.example')).toContain(
    'Report: https://sluice.example/engine/v1/releases/dev/shop/shop/report.html?run_id=run',
  );
});

test('a release that waits shows its step, proof, verdict and question', () => {
  const text = describeRelease({
    ...VIEW,
    state: 'waiting-for-decision',
    plan: PLAN,
    stepIndex: 1,
    weightWanted: 50,
    proof: { effective: 'proved', reason: 'everywhere', wanted: 50, replicas: [], at: 0 },
    verdict: { outcome: 'pass', reason: 'all good', findings: [], from: 0, to: 1 },
    waiting: { for: 'promotion', answers: ['promote', 'abort'], sinceMs: 0 },
  });
  expect(text).toContain('Steps: 5 % → **50 %**');
  expect(text).toContain('Weight: wanted 50; proved: everywhere');
  expect(text).toContain('Last verdict: **pass** (all good)');
  expect(text).toContain('Waits for: **promotion** (answers: promote, abort)');
});

test('only the last ten events are told, with who did them', () => {
  const events = Array.from({ length: 30 }, (_, at) => ({
    at,
    state: 'soaking' as const,
    text: `event ${at}`,
    who: 'ben',
  }));
  const lines = describeRelease({ ...VIEW, events })
    .split('\n')
    .filter((line) => line.startsWith('* '));
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toContain('event 29 (ben)');
});

test('what is of the past is called so: the proof of the weight before, and the verdict of a step that was left', () => {
  const text = describeRelease({
    ...VIEW,
    state: 'shifting',
    plan: PLAN,
    stepIndex: 1,
    weightWanted: 50,
    proof: { effective: 'proved', reason: 'weight 5 in force on 2 Traefik replicas', wanted: 5, replicas: [], at: 0 },
    verdict: { outcome: 'pass', reason: 'all good', findings: [], from: 0, to: 61_000 },
  });
  expect(text).toContain(
    'Weight: wanted 50; not read back yet; before it proved: weight 5 in force on 2 Traefik replicas',
  );
  expect(text).toContain('Last verdict, of 00:01:01 UTC: **pass** (all good)');
});

test('who did it is named once', () => {
  const events = [{ at: 0, state: 'aborting' as const, text: 'aborted by cli:root: slow', who: 'cli:root' }];
  expect(describeRelease({ ...VIEW, events })).toContain('* 1970-01-01T00:00:00.000Z aborted by cli:root: slow');
  expect(describeRelease({ ...VIEW, events })).not.toContain('(cli:root)');
});
