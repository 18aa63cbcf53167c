import { expect, test } from '@jest/globals';
import { maskSecrets } from '../../src/domain/safe-text.ts';

const KEY = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEabc', '-----END RSA PRIVATE KEY-----'].join('\n');

test.each([
  ['password=hunter2 next', 'password=*** next'],
  ['Authorization: Bearer abcdefgh12', 'Authorization: *** ***'],
  ['postgres://ada:hunter2@db:5432/shop', 'postgres://ada:***@db:5432/shop'],
  ['x-eyJhbGciOiJI.eyJzdWIiOiIx.abc end', 'x-*** end'],
  [`a\n${KEY}\nb`, 'a\n***\nb'],
  [`-----BEGIN PRIVATE KEY-----\n${KEY}\nb`, '-----BEGIN PRIVATE KEY-----\n***\nb'],
])('%j is shown as %j', (text, shown) => {
  expect(maskSecrets(text)).toBe(shown);
});

// With quadratic time each of these would take minutes.
test.each([
  ['a word without an end', 'x'.repeat(1_000_000)],
  ['beginnings of tokens', 'eyJ-'.repeat(250_000)],
  ['beginnings of keys', '-----BEGIN PRIVATE KEY-----\n'.repeat(35_000)],
  ['beginnings of addresses', 'a://b:'.repeat(160_000)],
])('a megabyte of %s is looked through once', (_, text) => {
  expect(maskSecrets(text).length).toBe(text.length);
});
