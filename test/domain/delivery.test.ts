import { expect, test } from '@jest/globals';
import { secretViolations } from '../../src/domain/delivery/secret-rules.ts';
import { judgedFindings, type Waiver } from '../../src/domain/delivery/waivers.ts';
import { readWaivers } from '../../src/onboarding/waivers-text.ts';
import { codeOf } from '../support/code-of.ts';

const ID = `sha256:${'1'.repeat(64)}`;
const NOW = Date.parse('2026-11-29T12:00:00Z');
const KEY = { rule: 'private-key', path: 'app/key.pem', layer: 2 };
const WAIVER: Waiver = { rule: 'private-key', digest: ID, reason: 'a test key', person: 'ada', expires: '2026-11-29' };

const judge = (waivers: readonly Waiver[], suspects = [KEY], isOpen = (_: string): boolean => false) =>
  judgedFindings({ violations: secretViolations(suspects), imageId: ID, waivers, isOpen, now: NOW }).map(
    ({ outcome, text }) => `${outcome} ${text}`,
  );

test('a waiver of this rule for this image counts until the end of its last day', () => {
  expect(judge([])).toEqual(['failed private-key: app/key.pem in layer 2']);
  expect(judge([WAIVER])).toEqual([
    'waived private-key: app/key.pem in layer 2; waived by ada until 2026-11-29: a test key',
  ]);
});

test.each([
  ['that has expired', { expires: '2026-11-28' }, /expired on 2026-11-28$/],
  ['of another image', { digest: `sha256:${'2'.repeat(64)}` }, /is not used/],
  ['of another rule', { rule: 'netrc' }, /is not used/],
])('a waiver %s does not count, and fails itself', (_, changes, why) => {
  const found = judge([{ ...WAIVER, ...changes }]);

  expect(found).toEqual([expect.stringMatching(/^failed private-key/), expect.stringMatching(why)]);
  expect(found[1]).toMatch(/^failed The waiver of/);
});

test('a waiver of an image without findings fails', () => {
  expect(judge([WAIVER], [])).toEqual([expect.stringMatching(/^failed The waiver of private-key .* is not used/)]);
});

const FILE = `waivers:
  - { rule: private-key, digest: "${ID}", reason: a test key, person: ada, expires: 2026-12-31 }
`;

test('waivers.yaml is read; without the file there are none', () => {
  expect(readWaivers(FILE)).toEqual([{ ...WAIVER, expires: '2026-12-31' }]);
  expect(readWaivers(undefined)).toEqual([]);
});

test.each([
  ['an unknown rule', FILE.replace('private-key', 'everything')],
  ['no person', FILE.replace('person: ada, ', '')],
  ['no reason', FILE.replace('a test key', '""')],
  ['a tag instead of a digest', FILE.replace(ID, 'v1')],
  ['an unknown field', FILE.replace('person', 'persons')],
  ['a date that does not exist', FILE.replace('12-31', '12-32')],
  ['no YAML', 'waivers: ['],
])('waivers.yaml with %s is refused', (_, text) => {
  expect(codeOf(() => readWaivers(text))[0]).toBe('WAIVERS_INVALID');
});
