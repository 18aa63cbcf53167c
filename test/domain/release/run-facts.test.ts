import { expect, test } from '@jest/globals';
import { trueView } from '../../../src/domain/release/run-facts.ts';
import { aView, AT } from '../../support/fake-gateway.ts';

const waiting = aView({
  state: 'waiting-for-decision',
  weightWanted: 25,
  waiting: { for: 'promotion', answers: ['promote'], sinceMs: AT },
});

test('a run that was terminated is told as that, with the way back, and never as waiting for what it waited for', () => {
  const seen = trueView(waiting, { status: 'ended', how: 'TERMINATED', endedAt: AT + 5 });

  expect(seen).toMatchObject({
    state: 'failed-needs-human',
    closedAt: AT + 5,
    waiting: { for: 'human', answers: ['recover'] },
  });
  expect(seen.reason).toMatch(
    /ended from outside.*TERMINATED.*at weight 25 while it was waiting-for-decision.*release_recover/,
  );
});

test('a run that Temporal has forgotten before its end was seen needs a human too', () => {
  expect(trueView(waiting, { status: 'forgotten', how: 'FORGOTTEN' })).toMatchObject({ state: 'failed-needs-human' });
});

test('a closed release stays what it was, whatever Temporal says of its run', () => {
  const closed = aView({ state: 'rolled-back', closedAt: AT });

  for (const status of ['ended', 'forgotten', 'paused', 'running'] as const)
    expect(trueView(closed, { status })).toEqual(closed);
});

test('a run that is paused in Temporal names who paused it and both ways on', () => {
  const seen = trueView(waiting, { status: 'paused', pausedBy: 'ada@host', pauseReason: 'maintenance' });

  expect(seen).toMatchObject({ state: 'failed-needs-human', waiting: { for: 'human', answers: [] } });
  expect(seen.closedAt).toBeUndefined();
  expect(seen.reason).toMatch(
    /paused in Temporal by ada@host \(maintenance\).*temporal workflow unpause.*argo_abort_rollout/,
  );
});

test('a paused guard is named: the traffic is not watched', () => {
  const seen = trueView(waiting, { status: 'running', pausedActivities: ['guard'] });

  expect(seen.state).toBe('waiting-for-decision');
  expect(seen.reason).toMatch(/activity guard is paused in Temporal.*The traffic is not watched/);
});
