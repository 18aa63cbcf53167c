import { expect, test } from '@jest/globals';
import { promote, register, rollback, setTraffic } from '../../../src/domain/servers/actions.ts';
import { audienceText, isInAudience, readAudience } from '../../../src/domain/servers/audience.ts';
import { emptyServer } from '../../../src/domain/servers/server.ts';

const by = { at: 1, who: 'tester' };
const upstream = { transport: 'stdio', command: 'node', args: [], env: {} } as const;
const audience = { by: 'header', name: 'x-plan', values: ['beta', 'staff'] } as const;

test.each([
  ['header:X-Plan=beta,staff', audience],
  ['claim:https://example.org/tier=gold', { by: 'claim', name: 'https://example.org/tier', values: ['gold'] }],
])('%s is an audience, and is shown in the same form', (text, expected) => {
  const read = readAudience(text);
  expect(read).toEqual(expected);
  expect(readAudience(audienceText(expected as typeof audience))).toEqual(expected);
});

test.each([
  '',
  'x-plan=beta',
  'cookie:a=b',
  'header:x-plan',
  'header:x-plan=',
  'header:=beta',
  'header:x-plan=a,,b',
  'header:x-plan=a\u001b[31m',
  'claim:t=a\nb',
])('"%s" is none', (text) => expect(readAudience(text)).toBeUndefined());

test.each([
  [audience, { 'x-plan': 'beta' }, {}, true],
  [audience, { 'x-plan': 'Beta' }, {}, false],
  [audience, {}, { 'x-plan': 'beta' }, false],
  [{ by: 'claim', name: 'tier', values: ['2'] }, {}, { tier: 2 }, true],
  [{ by: 'claim', name: 'groups', values: ['beta'] }, {}, { groups: ['all', 'beta'] }, true],
  [{ by: 'claim', name: 'tier', values: ['[object Object]', 'undefined', 'null'] }, {}, { tier: {} }, false],
  [{ by: 'claim', name: 'toString', values: ['x'] }, {}, {}, false],
] as const)('%j with headers %j and claims %j: %s', (wanted, headers, claims, expected) => {
  expect(isInAudience(wanted, { headers, claims })).toBe(expected);
});

test('a version that becomes blue is for all callers, and one that only loses its traffic keeps its audience', () => {
  const first = register(emptyServer('demo', 'project'), { version: '1', upstream, blue: true }, by);
  const green = setTraffic(register(first, { version: '2', upstream, audience }, by), '2', 100, by);
  expect(green.versions.map(({ traffic, ...one }) => [one.version, traffic, one.audience])).toEqual([
    ['1', 0, undefined],
    ['2', 100, audience],
  ]);
  expect(rollback(green, '2', by).versions[1]).toMatchObject({ status: 'inactive', audience });
  expect(promote(green, '2', by).versions[1]).toEqual({ ...green.versions[1], status: 'blue', audience: undefined });
});
