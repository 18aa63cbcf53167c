import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { competes, isHostname, isPathPrefix, ruleFor } from '../../../src/domain/route/rule.ts';

const at = (match: string, ...entryPoints: string[]) => ({ match, entryPoints });

test.each(['api.example.com', 'a', 'x1-y.z', 'a.b.c.local', '127.0.0.1'])('%s is a host', (name) => {
  expect(isHostname(name)).toBe(true);
});

test.each([
  '',
  'a`b',
  'API.example.com',
  'a b',
  '*.example.com',
  '-a',
  'a-',
  'a..b',
  'a.',
  'a`) || Host(`b',
  'ä.de',
  'a_b',
  'a\nb',
  `${'a'.repeat(64)}.b`,
  `${'a.'.repeat(127)}ab`,
])('%j is no host', (name) => {
  expect(isHostname(name)).toBe(false);
});

test.each(['/', '/v1', '/a-b_c.d~e/f/'])('%s is a path', (path) => expect(isPathPrefix(path)).toBe(true));
test.each(['', 'v1', '/a`b', '/a b', '/a(b', '/?q', `/${'a'.repeat(500)}`])('%j is no path', (path) =>
  expect(isPathPrefix(path)).toBe(false),
);

test('no character that means something in a rule gets into one', () => {
  const place = fc.nat(11);
  const foreign = fc.string({ minLength: 1, maxLength: 3, unit: 'binary' });
  fc.assert(
    fc.property(place, foreign, (at, text) => {
      const host = `api.example.com`.slice(0, at) + text + 'api.example.com'.slice(at);
      const path = `/v1/products`.slice(0, at + 1) + text + '/v1/products'.slice(at + 1);
      expect(isHostname(host)).toBe(/^[a-z0-9.-]+$/.test(text) && !/(^|\.)(-|\.|$)|-\./.test(host));
      expect(isPathPrefix(path)).toBe(/^[A-Za-z0-9_.~/-]+$/.test(text));
    }),
    {
      numRuns: 1_000,
      examples: [
        [3, '`) || Host(`evil'],
        [3, '-'],
        [2, '\n'],
      ],
    },
  );
});

describe('competes', () => {
  const mine = at(ruleFor('a.local'));
  const under = at(ruleFor('a.local', '/v1'));

  test.each([
    ['the same', at('Host(`a.local`)')],
    ['written otherwise', at('Host("a.local")')],
    ['with another host beside it', at('Host(`a.local`) || Host(`b.local`)')],
    ['in one list with another host', at('Host(`b.local`, `a.local`)')],
    ['in capitals', at('Host(`A.local`)')],
    ['on one entry point of all', at('Host(`a.local`)', 'web')],
  ])('%s', (_, other) => {
    expect(competes(mine, other)).toBe(true);
    expect(competes(other, mine)).toBe(true);
  });

  test.each([
    ['another host', at('Host(`b.local`)')],
    ['a path below', under],
    ['a header besides', at('Host(`a.local`) && Header(`x`, `y`)')],
    ['all but this host', at('!Host(`a.local`)')],
    ['no rule', at('')],
  ])('not %s', (_, other) => {
    expect(competes(mine, other)).toBe(false);
  });

  test('paths: the same one, and no other', () => {
    expect(competes(under, at('PathPrefix(`/v1/`)&&Host(`a.local`)'))).toBe(true);
    expect(competes(under, at(ruleFor('a.local', '/v2')))).toBe(false);
    expect(competes(at(ruleFor('a.local'), 'web'), at(ruleFor('a.local'), 'websecure'))).toBe(false);
  });
});
