import { expect, test } from '@jest/globals';
import { ERRORS, isErrorCode, SluiceError, type ErrorCode } from '../../src/domain/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

test.each(CODES)('%s says what happened, what to do, and how every interface answers', (code) => {
  const { meaning, next, http, exit, retryable } = ERRORS[code];
  expect(meaning).toMatch(/^[A-Z].*\.$/);
  expect(next).toMatch(/^[A-Z].*\.$/);
  expect(http).toBeGreaterThanOrEqual(400);
  expect(http).toBeLessThan(600);
  expect(exit).toBeGreaterThan(0);
  expect(exit).toBeLessThan(126);
  expect(typeof retryable).toBe('boolean');
  expect(isErrorCode(code)).toBe(true);
});

test('what the caller did wrong is never tried again by itself', () => {
  const wrong = CODES.filter((code) => [400, 403, 404].includes(ERRORS[code].http));
  expect(wrong.filter((code) => ERRORS[code].retryable)).toEqual([]);
});

test('names that are no codes are not taken for codes', () => {
  expect(['toString', '', 'constructor', undefined, 7].map(isErrorCode)).toEqual([false, false, false, false, false]);
});

test('an error carries the next action of its code unless it knows a better one', () => {
  expect(new SluiceError('CONFLICT', 'x')).toMatchObject({
    name: 'SluiceError',
    code: 'CONFLICT',
    next: ERRORS.CONFLICT.next,
    details: {},
  });
  const cause = new Error('inner');
  expect(new SluiceError('CONFLICT', 'x', { next: 'Do y.', details: { a: 1 }, cause })).toMatchObject({
    next: 'Do y.',
    details: { a: 1 },
    cause,
  });
});
