import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../../../../src/domain/servers/contract/canonical.ts';

test.each([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  // The example of RFC 8785, section 3.2.3: keys in the order of UTF-16 units.
  [
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  ],
  [[333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
  ['\u20ac$\u000f\nA\'B"\\', '"\u20ac$\\u000f\\nA\'B\\"\\\\"'],
  [{ a: undefined }, '{}'],
])('%j', (value, text) => {
  expect(canonical(value)).toBe(text);
});

test.each([NaN, Infinity, '\ud800', { a: '\udc00' }, { '\ud800': 1 }, 1n, undefined, [undefined], () => 1])(
  'what JSON cannot hold is refused: %p',
  (value) => {
    expect(() => canonical(value)).toThrow(TypeError);
  },
);

test('the order of keys does not count, and what is read back is the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value);
      expect(canonical(JSON.parse(text))).toBe(text);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      expect(canonical(Object.fromEntries(Object.entries(value).toReversed()))).toBe(text);
    }),
  );
});
