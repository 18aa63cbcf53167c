import { expect, test } from '@jest/globals';
import { requireSafe } from '../../../src/domain/onboarding/safe-source.ts';
import type { SourceFile } from '../../../src/domain/onboarding/source.ts';
import { codeOf } from '../../support/code-of.ts';

const LIMITS = { files: 3, bytes: 100 };
const file = (path: string, kind: SourceFile['kind'] = 'file', size = 10): SourceFile => ({ path, kind, size });
const refusal = (files: readonly SourceFile[], targets: Readonly<Record<string, string>> = {}) =>
  codeOf(() => requireSafe(files, targets, LIMITS))[0];

test.each(['b', './b', '../b', 'c/../../b', '../../b/c'])('a link in x/y with the text %s stays inside', (target) => {
  expect(() => requireSafe([file('x/y/link', 'link')], { 'x/y/link': target }, LIMITS)).not.toThrow();
});

test.each(['/etc/passwd', '../../../b', 'c/../../../../b', 'C:\\x', '..\\..\\..\\b'])(
  'a link with the text %s is refused',
  (target) => {
    expect(refusal([file('x/y/link', 'link')], { 'x/y/link': target })).toBe('SOURCE_REFUSED');
  },
);

test('a link whose text is not known is refused', () => {
  expect(refusal([file('link', 'link')])).toBe('SOURCE_REFUSED');
});

test.each([
  ['a submodule', [file('lib', 'submodule', 0)], 'SOURCE_REFUSED'],
  ['no file', [], 'SOURCE_EMPTY'],
  ['too many files', ['a', 'b', 'c', 'd'].map((path) => file(path)), 'SOURCE_TOO_LARGE'],
  ['too many bytes', [file('a', 'file', 101)], 'SOURCE_TOO_LARGE'],
])('%s is refused', (_, files, code) => {
  expect(refusal(files)).toBe(code);
});
