import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateCondition, type Result } from '../../../../src/domain/analysis/condition/evaluate.ts';
import { parseCondition } from '../../../../src/domain/analysis/condition/parse.ts';
import { ConditionProblem } from '../../../../src/domain/analysis/condition/tokens.ts';
import { EvaluationProblem } from '../../../../src/domain/analysis/condition/values.ts';

const holds = (text: string, result: Result): boolean => evaluateCondition(parseCondition(text), result);

describe('conditions as people write them for Argo', () => {
  test.each<[string, Result, boolean]>([
    ['result[0] >= 0.95', [0.96], true],
    ['result[0] >= 0.95', [0.94], false],
    ['result >= 0.95', 0.95, true],
    ['len(result) > 0 && result[0] < 5e-2', [0.04], true],
    ['len(result) == 0 or result[0] < 1', [], true],
    ['all(result, # < 0.5)', [0.1, 0.4], true],
    ['all(result, {# < 0.5})', [0.1, 0.6], false],
    ['any(result, # > 0.5) and not (result[0] > 1)', [0.1, 0.6], true],
    ['none(result, isNaN(#))', [1, Number.NaN], false],
    ['one(filter(result, # > 1), # > 2)', [1, 2, 3], true],
    ['count(result, # > 1) == 2', [1, 2, 3], true],
    ['isNaN(result[0]) || result[0] < 1', [Number.NaN], true],
    ['isInf(result[0])', [-Infinity], true],
    ['result[0] > 1', [Number.NaN], false],
    ['asInt(result[0]) == 2', [2.9], true],
    ['asFloat(result[0]) * 2 - 1 >= 4', [2.5], true],
    ['default(result, 0) < 1', 0.5, true],
    ['isNil(result)', [], false],
    ['result[0] in [1, 2, 3]', [2], true],
    ['result[0] not in 1..3', [4], true],
    ['result[0] > 1 ? result[0] < 10 : true', [11], false],
    ['0 < result[0] < 1', [0.5], true],
    ['0 < result[0] < 1', [2], false],
    ['result[-1] == 3', [1, 2, 3], true],
    [
      'sum(result) == 6 && mean(result) == 2 && median(result) == 2 && max(result) == 3 && min(result, 0) == 0',
      [1, 2, 3],
      true,
    ],
    ['-result[0] + 3 > 1_0 / 10 ** 1', [1], true],
    ['2 ^ 3 ** 0 == 2', [0], true],
    ['!false', [0], true],
    ['result[0] != nil', [0], true],
  ])('%s of %j is %s', (text, result, answer) => expect(holds(text, result)).toBe(answer));
});

test.each<[string, Result, string]>([
  ['result[0] > 1', [], 'the result is empty'],
  ['result[1] > 1', [1], 'no element 1 among 1'],
  ['result > 1', [1], 'write result[0]'],
  ['result[0] > 1', 1, 'the query gives one number'],
  ['result[0]', [1], 'true or false'],
  ['not result[0] > 1', [1], 'not needs true or false'],
  ['isNaN(result)', [1], 'needs a number'],
  ['max([]) > 1', [1], 'max of nothing'],
  ['result[0] in 1..1e9', [1], 'not a range'],
])('%s of %j is an error: %s', (text, result, message) => {
  expect(() => holds(text, result)).toThrow(EvaluationProblem);
  expect(() => holds(text, result)).toThrow(message);
});

test.each([
  ['result[0] >', 'unexpected the end at column 12'],
  ['result[0] => 1', 'unexpected = at column 11'],
  ['value > 1', 'value is not evaluated (a measurement is called result) at column 1'],
  ['reduce(result, #acc + #) > 1', 'reduce is not evaluated (functions are all, any'],
  ['result[0] matches "1"', 'text is not evaluated'],
  ['let x = 1; x > result[0]', 'unexpected = at column 7'],
  ['result | len', 'pipes are not evaluated, at column 8'],
  ['result[0] % 2 == 0', 'unexpected % at column 11'],
  ['result[0] ?? 1', 'unexpected ?? at column 11'],
  ['all(result) > 1', 'all takes 2 arguments, not 1, at column 1'],
  ['# > 1', 'unexpected # at column 1'],
  ['result[0:1] == 1', 'unexpected :'],
  ['(result[0] > 1', 'unexpected the end, where ) was expected,'],
  ['result.constructor', 'unexpected .'],
  ['', 'unexpected the end at column 1'],
  ['('.repeat(5000), 'longer than'],
  ['('.repeat(500), 'nested deeper'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseCondition(text)).toThrow(ConditionProblem);
  expect(() => parseCondition(text)).toThrow(message);
});

test('any text is either understood or refused with its place', () => {
  const piece = fc.constantFrom(
    'result',
    '[0]',
    '>',
    '<=',
    '0.5',
    'and',
    'not',
    'in',
    '(',
    ')',
    'all(result, #',
    '#',
    ',',
    '?',
    ':',
    '..',
    '-',
    'len(',
    '[',
    ']',
    '{',
    '}',
    '"',
    '$',
    'isNaN',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
      (text) => {
        try {
          holds(text, [0.5, 2]);
        } catch (error) {
          expect(error instanceof ConditionProblem || error instanceof EvaluationProblem).toBe(true);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test('numbers compare as numbers do, whatever the expression around them', () => {
  fc.assert(
    fc.property(fc.double(), fc.double({ noNaN: true, noDefaultInfinity: true }), (value, limit) =>
      expect(holds(`result[0] < ${limit}`, [value])).toBe(value < limit),
    ),
  );
});
