import { expect, test } from '@jest/globals';
import { leftBehind } from '../../../src/domain/release/left-behind.ts';
import type { ReleaseView } from '../../../src/domain/release/view.ts';
import { aView, AT } from '../../support/fake-gateway.ts';

const plan = { ...aView().plan, steps: [{ weight: 25 }, { weight: 50 }] } as ReleaseView['plan'] & object;
const view = (changes: Partial<ReleaseView>) => aView({ plan, stepIndex: 1, ...changes });
const ended = { state: 'failed-needs-human', closedAt: AT } as const;
const last = (state: 'soaking' | 'promoting') => [{ at: AT, state, text: 'x' }];
const skipped = { requestId: 'r', command: 'skip-analysis', outcome: 'applied', detail: '', duplicate: false } as const;

test.each([
  ['in its second step', { state: 'soaking' } as const, 1],
  ['while it was promoted', { state: 'promoting' } as const, 2],
  ['from outside in its second step', { ...ended, events: last('soaking') }, 1],
  ['from outside while it was promoted', { ...ended, events: last('promoting') }, 2],
  ['after a person skipped an analysis', { state: 'promoting', commands: [skipped] } as const, undefined],
])('a run that ended %s left this number of judged steps', (_, changes, judged) => {
  const left = leftBehind(view(changes), 'why');
  expect(left).toMatchObject({ plan, stepIndex: 1, reason: 'why' });
  expect(left?.judgedSteps).toBe(judged);
});

test('a run without a plan left nothing', () => {
  const { plan: _, ...without } = view({});
  expect(leftBehind(without, 'why')).toBeUndefined();
});
