import { expect, test } from '@jest/globals';
import { clausesOf, literal, matches, stateOf } from '../../src/temporal/visibility.ts';

test('values are quoted, so that a name cannot become a query', () => {
  expect(literal(`a' OR 'b`)).toBe(String.raw`'a\' OR \'b'`);
  expect(literal('a\\')).toBe(String.raw`'a\\'`);
});

test('the server filters what it can, and the rest is left', () => {
  expect(clausesOf({ limit: 1 })).toEqual([`ExecutionStatus != 'ContinuedAsNew'`]);
  expect(clausesOf({ limit: 1, cluster: 'c', namespace: 'n', rollout: 'r', state: 'rolled-back' }).slice(1)).toEqual([
    `SluiceState = 'rolled-back'`,
    `SluiceTarget = 'c/n/r'`,
  ]);
  expect(clausesOf({ limit: 1, cluster: 'c' })).toContain(`SluiceTarget STARTS_WITH 'c/'`);
  expect(matches({ limit: 1, namespace: 'n' }, 'release/arn:aws/eks/n/r')).toBe(true);
  expect(matches({ limit: 1, cluster: 'eks' }, 'release/arn:aws/eks/n/r')).toBe(false);
});

test('a run that was terminated needs a human, whatever it last said of itself', () => {
  expect(stateOf('soaking', 'TERMINATED')).toBe('failed-needs-human');
  expect(stateOf('soaking', 'RUNNING')).toBe('soaking');
  expect(stateOf('rolled-back', 'COMPLETED')).toBe('rolled-back');
});

test('the filter by state says the same as the answer: only what still acts is in an open state', () => {
  expect(clausesOf({ limit: 1, state: 'soaking' })[1]).toBe(`SluiceState = 'soaking' AND ExecutionStatus = 'Running'`);
  expect(clausesOf({ limit: 1, state: 'failed-needs-human' })[1]).toMatch(
    /IS NULL OR \(ExecutionStatus != 'Running' AND SluiceState NOT IN \('succeeded', /,
  );
});
