import { expect, test } from '@jest/globals';
import { frame } from '../../src/cli/watch-frame.ts';
import { toReleaseOutput } from '../../src/contract/release-view.ts';
import type { Finding } from '../../src/domain/analysis/verdict.ts';
import { aView, AT } from '../support/fake-gateway.ts';

// eslint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

test('shows step, weights wanted, proved and measured, the verdict with its numbers, and what it waits for', () => {
  const view = aView({
    state: 'waiting-for-decision',
    reason: 'weight 50 passed; waiting for promote',
    stepIndex: 1,
    weightWanted: 50,
    proof: {
      effective: 'proved',
      reason: 'in force',
      wanted: 50,
      rollout: 50,
      traefikService: 50,
      replicas: [
        { replica: 't1', candidate: 50 },
        { replica: 't2', candidate: 50 },
      ],
      at: AT,
    },
    verdict: {
      outcome: 'pass',
      reason: 'within limits',
      findings: [{ metric: 'success-ratio', outcome: 'pass', measured: 0.998, limit: 0.99, reason: 'ok' }],
      candidate: { requests: 500, errors: 1 },
      measuredShare: 0.498,
      from: AT,
      to: AT + 60_000,
    },
    waiting: { for: 'promotion', answers: ['promote', 'abort'], sinceMs: AT, deadlineInMs: 3_600_000 },
  });

  const screen = plain(
    frame(
      { ...toReleaseOutput(view, 10), live: { traefik: [{ replica: 't1', weight: 50 }] }, next: '' },
      undefined,
      140,
    ),
  );

  expect(screen).toContain('shop/web on prod  canary → shop:v2');
  expect(screen).toContain('steps    10✓ → [50] %');
  expect(screen).toContain(
    'weight   wanted 50 % proved (Rollout 50, TraefikService 50, t1 50, t2 50); now t1 50; measured 49.8 % of requests',
  );
  expect(screen).toContain('verdict  pass within limits (new version, this step so far: 500 requests, 1 error)');
  expect(screen).toContain('success-ratio 99.80 %, limit 99.00 %: pass');
  expect(screen).toContain('waits    for promotion: promote, abort (within 1h)');
});

test.each(['soaking', 'paused', 'rolled-back'] as const)('while %s the last verdict has its time', (state) => {
  const verdict = { outcome: 'no-data' as const, reason: 'nothing came', findings: [], from: AT, to: AT + 61_000 };
  const counts = { candidate: { requests: 1, errors: 0 } };
  const view = aView({ state, verdict: { ...verdict, ...counts } });

  expect(plain(frame({ ...toReleaseOutput(view, 10), next: '' }, undefined, 120))).toContain(
    'verdict  no-data (10:01:01 UTC) nothing came (new version: 1 request, 0 errors)',
  );
});

test('a weight that was not read back yet does not borrow the proof of the weight before', () => {
  const proof = { effective: 'proved' as const, reason: 'in force', wanted: 10, rollout: 10, replicas: [], at: AT };
  const view = aView({ state: 'shifting', weightWanted: 50, stepIndex: 1, proof });

  expect(plain(frame({ ...toReleaseOutput(view, 10), next: '' }, undefined, 120))).toContain(
    'weight   wanted 50 % not read back yet; before it: (Rollout 10',
  );
});

test('text from clusters cannot write to the terminal', () => {
  const view = aView({
    reason: '\u001b[2Jgone\u0007',
    events: [{ at: AT, state: 'soaking', text: 'a\u001b]0;title\u0007b' }],
  });

  const screen = frame({ ...toReleaseOutput(view, 10), next: '' });

  expect(screen).not.toMatch(/\u001b\[2J|\u001b\]|\u0007/); // eslint-disable-line no-control-regex
});

const question = (metric: string, worse: number, notWorse: number): Finding => ({
  metric,
  outcome: notWorse >= 3 ? 'pass' : worse >= 3 ? 'fail' : 'inconclusive',
  evidence: {
    worse,
    notWorse,
    bound: Math.log(20),
    blocks: 12,
    delta: 0.01,
    phi: 1,
    candidate: { requests: 1200, bad: 13 },
    stable: { requests: 10_800, bad: 22 },
  },
  reason: `${metric} …`,
});

/** The part of the screen that tells the evidence. */
function evidenceOf(columns: number, ...findings: readonly Finding[]): string {
  const view = aView({ verdict: { outcome: 'inconclusive', reason: 'not yet', findings, from: AT, to: AT + 60_000 } });
  const lines = plain(frame({ ...toReleaseOutput(view, 10), next: '' }, undefined, columns)).split('\n');
  return lines
    .slice(
      lines.findIndex((line) => line.startsWith('verdict')) + 1,
      lines.findIndex((line) => line.startsWith('waits')),
    )
    .join('\n');
}

test('evidence is shown as bars towards its bound, with odds, margins and the counts of both arms', () => {
  expect(evidenceOf(120, question('errors', 0, 1.5), question('slow-300ms', 0.9, 5))).toBe(
    [
      '         errors: inconclusive; margin 1 %; new 1.08 % of 1,200, stable 0.20 % of 10,800',
      '         not worse ████████████████████···················· 4.5 to 1, 20 to 1 needed',
      '         slow-300ms: pass; margin 1 %; new 1.08 % of 1,200, stable 0.20 % of 10,800',
      '         not worse ████████████████████████████████████████ 148 to 1 ✓ proved',
      '         worse     ▒▒▒▒▒▒▒▒▒▒▒▒···························· 2.5 to 1, 20 to 1 needed',
    ].join('\n'),
  );
});

test('on a narrow terminal the bars are short and no line is longer than the terminal', () => {
  const text = evidenceOf(60, question('errors', 3.5, 0), question('slow-300ms', 0.9, 5));

  expect(text).toBe(
    [
      '         errors: fail; margin 1 %',
      '           new 1.08 % of 1,200, stable 0.20 % of 10,800',
      '         not worse ········ 1 to 1, 20 to 1 needed',
      '         worse     ▒▒▒▒▒▒▒▒ 33 to 1 ✓ proved',
      '         slow-300ms: pass; margin 1 %',
      '           new 1.08 % of 1,200, stable 0.20 % of 10,800',
      '         not worse ████████ 148 to 1 ✓ proved',
      '         worse     ▒▒······ 2.5 to 1, 20 to 1 needed',
    ].join('\n'),
  );
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('a short answer tells the evidence in words only; metrics of one’s own keep their units', () => {
  const view = aView({
    verdict: {
      outcome: 'pass',
      reason: 'fine',
      findings: [
        question('errors', 0, 5),
        { metric: 'queue', outcome: 'pass', measured: 12.3456, limit: 20, reason: 'ok' },
        { metric: 'p99', outcome: 'pass', measured: 250, limit: 300, reason: 'ok' },
      ],
      from: AT,
      to: AT,
    },
  });

  expect(JSON.stringify(toReleaseOutput(view, 5))).not.toContain('not_worse');
  expect(plain(frame({ ...toReleaseOutput(view, 10), next: '' }))).toMatch(
    /queue 12\.35, limit 20: pass\n +p99 250 ms, limit 300 ms: pass/,
  );
});

test.each([
  [80, 24],
  [60, 20],
  [40, 12],
])('a held release fits %d columns and %d rows, and its head shows', (columns, rows) => {
  const view = aView({
    state: 'judging',
    reason: `inconclusive, holding: ${'errors: new 1.08 % of 1,200, stable 0.20 % of 10,800; '.repeat(6)}`,
    verdict: {
      outcome: 'inconclusive',
      reason: 'not yet',
      findings: ['errors', 'slow-100ms', 'slow-300ms', 'slow-1200ms'].map((name) => question(name, 0.9, 1.5)),
      from: AT,
      to: AT + 60_000,
    },
    events: Array.from({ length: 12 }, (_, index) => ({ at: AT + index, state: 'judging', text: `event ${index}` })),
  });

  const lines = plain(frame({ ...toReleaseOutput(view, 10), next: '' }, undefined, columns, rows)).split('\n');

  expect(lines.length).toBeLessThan(rows);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  expect(lines[0]).toContain('shop/web on prod');
  expect(lines[1]).toMatch(/^In this step 13 of 1,200 answers/);
  expect(lines[2]).toMatch(/^\d+ % of the users are meant/);
  expect(lines[3]).toMatch(/^judging {2}inconclusive, holding/);
  for (const head of ['steps ', 'weight ', 'verdict ', 'waits '])
    expect(lines.some((line) => line.startsWith(head))).toBe(true);
  if (rows >= 20) expect(lines.at(-1)).toContain('event 11');
});

test.each([
  ['rolled-back', 'At its end, 2026-11-01 10:00:40 UTC, all users were on the old version.'],
  ['succeeded', 'At its end, 2026-11-01 10:00:40 UTC, all users (100 %) were on shop:v2.'],
  ['refused', 'Nothing was changed: all users stayed on the old version.'],
  ['superseded', 'Somebody set another version than shop:v2, and the release left it alone.'],
] as const)('a release that ended as %s begins with two plain sentences, before state and odds', (state, users) => {
  const failed = { outcome: 'fail', reason: 'worse', findings: [question('errors', 5, 0)], from: AT, to: AT } as const;
  const view = aView({ state, closedAt: AT + 40_000, verdict: failed });

  const lines = plain(frame({ ...toReleaseOutput(view, 10), next: '' }, undefined, 120)).split('\n');

  expect(lines.slice(1, 3)).toEqual([
    'In the last judged step 13 of 1,200 answers (1.1 %) of shop:v2 failed; 22 of 10,800 answers (0.2 %) of the old version.',
    users,
  ]);
});

test('a slow version is told by its slow answers, and fixed limits by their counts', () => {
  const sentence = (findings: readonly Finding[]) => {
    const counts = { candidate: { requests: 50, errors: 0 }, stable: { requests: 0, errors: 0 } };
    const verdict = { outcome: 'fail' as const, reason: 'worse', findings, ...counts, from: AT, to: AT };
    return plain(frame({ ...toReleaseOutput(aView({ verdict }), 10), next: '' }, undefined, 120)).split('\n')[1];
  };

  expect(sentence([question('slow-300ms', 5, 0)])).toContain('of shop:v2 took more than 300 ms; 22 of 10,800 answers');
  expect(sentence([])).toBe(
    'In the last judged step none of 50 answers of shop:v2 failed; there is nothing to compare with.',
  );
});

test('why the new version does not get ready stands in the head', () => {
  const live = { traefik: [], pods: '0 of 1 ready: CrashLoopBackOff, exit code 1, 3 restarts' };

  const screen = plain(
    frame({ ...toReleaseOutput(aView({ state: 'starting' }), 10), live, next: '' }, undefined, 80, 24),
  );

  expect(screen).toContain('pods     new version: 0 of 1 ready: CrashLoopBackOff, exit code 1, 3 restarts');
});

test.each([
  [24, true],
  [8, false],
])('with %d rows the tree of revisions and pods shows: %s', (rows, shows) => {
  const live = { traefik: [], tree: ['revision 3 (new) web-c3 shop:v3: 0 of 1 ready', '  web-c3-x not ready yet'] };

  const lines = plain(
    frame({ ...toReleaseOutput(aView({ state: 'starting' }), 10), live, next: '' }, undefined, 80, rows),
  ).split('\n');

  expect(lines.includes('tree     revision 3 (new) web-c3 shop:v3: 0 of 1 ready')).toBe(shows);
  expect(lines.includes('           web-c3-x not ready yet')).toBe(shows);
});
