import { expect, test } from '@jest/globals';
import { frame } from '../../src/cli/watch-frame.ts';
import { toReleaseOutput } from '../../src/contract/release-view.ts';
import { aView, AT } from '../support/fake-gateway.ts';

// eslint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

test('shows step, weights wanted, proved and measured, the verdict with its numbers, and what it waits for', () => {
  const view = aView({
    state: 'waiting-for-decision',
    reason: 'weight 50 passed; waiting for promote',
    stepIndex: 1,
    weightWanted: 50,
    proof: { effective: 'proved', reason: 'in force', wanted: 50, rollout: 50, traefikService: 50, replicas: [{ replica: 't1', candidate: 50 }, { replica: 't2', candidate: 50 }], at: AT },
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

  const screen = plain(frame({ ...toReleaseOutput(view, 10), live: { traefik: [{ replica: 't1', weight: 50 }] }, next: '' }));

  expect(screen).toContain('shop/web on prod  canary → shop:v2');
  expect(screen).toContain('steps    10✓ → [50] %');
  expect(screen).toContain('weight   wanted 50 % proved (Rollout 50, TraefikService 50, t1 50, t2 50); now t1 50; measured 49.8 % of requests');
  expect(screen).toContain('verdict  pass within limits (500 requests, 1 errors)');
  expect(screen).toContain('success-ratio 99.80 %, limit 99.00 %: pass');
  expect(screen).toContain('waits    for promotion: promote, abort (within 1h)');
});

test('text from clusters cannot write to the terminal', () => {
  const view = aView({ reason: '\u001b[2Jgone\u0007', events: [{ at: AT, state: 'soaking', text: 'a\u001b]0;title\u0007b' }] });

  const screen = frame({ ...toReleaseOutput(view, 10), next: '' });

  expect(screen).not.toMatch(/\u001b\[2J|\u001b\]|\u0007/); // eslint-disable-line no-control-regex
});
