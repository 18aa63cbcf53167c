import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterSign, unknownHealth, type HealthRecord, type HealthSign } from '../../../src/domain/gateway/health.ts';

const RULES = { unhealthyAfter: 3, healthyAfter: 2 };
const course = (signs: readonly HealthSign[], rules = RULES): readonly HealthRecord[] => {
  let record = unknownHealth(0);
  return signs.map((sign) => (record = afterSign(record, sign, rules)));
};
/** One sign every two seconds: `.` is an answer, `x` is none. */
const signsOf = (text: string): readonly HealthSign[] =>
  [...text].map((sign, index) => ({ at: index * 2_000, ...(sign === 'x' ? { failure: `f${index}` } : {}) }));
const states = (text: string) =>
  course(signsOf(text))
    .map(({ state }) => state[0])
    .join('');

test.each([
  ['.', 'h'],
  ['xx.xx', 'uuhhh'],
  ['xxx', 'uuu'],
  ['.xxx.x..', 'hhhuuuuh'],
])('%s leads to the states %s', (signs, wanted) => {
  expect(states(signs)).toBe(wanted);
});

test('the reason says how many had no answer, and why the last one had none', () => {
  const [last] = course(signsOf('.xxx')).slice(-1);
  expect(last).toMatchObject({
    state: 'unhealthy',
    since: 6_000,
    reason: '3 pings or calls in a row had no answer, last: f3',
  });
  const [again] = course(signsOf('.xxx..')).slice(-1);
  expect(again).toMatchObject({ state: 'healthy', since: 10_000 });
  expect(again?.reason).toBeUndefined();
});

test('calls that one broken process fails at once are one failure', () => {
  const crash = Array.from({ length: 50 }, (_, index) => ({ at: 5_000 + index, failure: 'gone' }));
  expect(course([{ at: 0 }, ...crash]).at(-1)).toMatchObject({ state: 'healthy', failures: 1 });
});

test('a version is unhealthy only after as many failures without an answer between them', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (answers, after) => {
      const text = answers.map((answer) => (answer ? '.' : 'x')).join('');
      const records = course(signsOf(text), { unhealthyAfter: after, healthyAfter: 1 });
      records.forEach((record, index) => {
        const failing = text.slice(0, index + 1).endsWith('x'.repeat(after));
        expect(record.state === 'unhealthy').toBe(failing);
      });
    }),
  );
});
