import { expect, test } from '@jest/globals';
import { literal, matches, queryOf, stateOf } from '../../src/temporal/visibility.ts';

test('values are quoted, so that a name cannot become a query', () => {
  expect(literal(`a' OR 'b`)).toBe(String.raw`'a\' OR \'b'`);
  expect(literal('a\\')).toBe(String.raw`'a\\'`);
});

test('the server filters what it can, and the rest is left', () => {
  expect(queryOf({ limit: 1 })).toBe(`WorkflowType = 'release'`);
  expect(queryOf({ limit: 1, cluster: 'c', namespace: 'n', rollout: 'r', state: 'paused' })).toBe(
    `WorkflowType = 'release' AND SluiceState = 'paused' AND SluiceTarget = 'c/n/r'`,
  );
  expect(queryOf({ limit: 1, cluster: 'c' })).toContain(`SluiceTarget STARTS_WITH 'c/'`);
  expect(matches({ limit: 1, namespace: 'n' }, 'release/arn:aws/eks/n/r')).toBe(true);
  expect(matches({ limit: 1, cluster: 'eks' }, 'release/arn:aws/eks/n/r')).toBe(false);
});

test('a run that was terminated needs a human, whatever it last said of itself', () => {
  expect(stateOf('soaking', 'TERMINATED')).toBe('failed-needs-human');
  expect(stateOf('soaking', 'RUNNING')).toBe('soaking');
  expect(stateOf('rolled-back', 'COMPLETED')).toBe('rolled-back');
});
