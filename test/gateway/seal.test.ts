import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadKeys } from '../../src/gateway/key.ts';
import { bucketOf, principalOf } from '../../src/gateway/principal.ts';
import { createSealer, type Sealed } from '../../src/gateway/seal.ts';

const key = (fill: number): Buffer => Buffer.alloc(32, fill);
const sealer = createSealer([key(1)]);
const state: Sealed = { kind: 'state', server: 'docs', version: '1.0.0', inner: 'secret' };
const refused = expect.objectContaining({ code: 'GATEWAY_HANDLE_REFUSED' });

test('what is sealed comes back in another process with the key, and only there', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (inner, version, principal) => {
      const sealed = { ...state, inner, version };
      const handle = sealer.seal(sealed, principal);
      expect(createSealer([key(1)]).open(handle, 'state', 'docs', principal)).toEqual(sealed);
      expect(() => createSealer([key(2)]).open(handle, 'state', 'docs', principal)).toThrow(refused);
      expect(() => sealer.open(handle, 'state', 'docs', `${principal}!`)).toThrow(refused);
    }),
  );
});

test('a handle of another kind or server is refused', () => {
  const handle = sealer.seal(state, 'me');
  expect(() => sealer.open(handle, 'session', 'docs', 'me')).toThrow(refused);
  expect(() => sealer.open(handle, 'state', 'other', 'me')).toThrow(refused);
});

test('a handle that was opened is refused to every other caller, kind and server as before', () => {
  const handle = sealer.seal(state, 'me and you');
  sealer.open(handle, 'state', 'docs', 'me and you');
  for (const [text, principal] of [
    [handle, 'me'],
    [`${handle} me and`, 'you'],
    [handle, ''],
  ] as const)
    expect(() => sealer.open(text, 'state', 'docs', principal)).toThrow(refused);
  expect(() => sealer.open(handle, 'task', 'docs', 'me and you')).toThrow(refused);
  expect(() => sealer.open(handle, 'state', 'other', 'me and you')).toThrow(refused);
});

test('a handle with any changed character is refused', () => {
  const handle = sealer.seal(state, 'me');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: handle.length - 1 }), fc.constantFrom(...'aZ09-_.'), (at, letter) => {
      const forged = handle.slice(0, at) + letter + handle.slice(at + 1);
      // The last character of Base64 has bits without meaning.
      const same = Buffer.from(forged.slice(3), 'base64url').equals(Buffer.from(handle.slice(3), 'base64url'));
      if (same && forged.startsWith('s1.')) return;
      expect(() => sealer.open(forged, 'state', 'docs', 'me')).toThrow(refused);
    }),
  );
  for (const forged of ['', 's1.', 'x', handle.slice(0, -8)])
    expect(() => sealer.open(forged, 'state', 'docs', 'me')).toThrow(refused);
});

test('a handle hides what it says, fits into a header, and is the same each time', () => {
  const handle = sealer.seal(state, 'me');
  expect(handle).toMatch(/^s1\.[\w-]+$/);
  expect(Buffer.from(handle.slice(3), 'base64url').toString('latin1')).not.toContain('secret');
  expect(sealer.seal(state, 'me')).toBe(handle);
  expect(sealer.seal(state, 'you')).not.toBe(handle);
});

test('an old key still opens after a new one seals', () => {
  const both = createSealer([key(2), key(1)]);
  expect(both.open(sealer.seal(state, 'me'), 'state', 'docs', 'me')).toEqual(state);
  expect(() => sealer.open(both.seal(state, 'me'), 'state', 'docs', 'me')).toThrow(refused);
});

test('the key file is made once, for its owner only', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'key-')), 'deep', 'gateway.key');
  const [made] = loadKeys(file);
  expect(loadKeys(file)).toEqual([made]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test.each([
  ['others may read it', 'a'.repeat(64), 0o644],
  ['it is empty', '', 0o600],
  ['a line is no key', 'not a key', 0o600],
])('a key file is refused if %s', (_why, text, mode) => {
  const file = join(mkdtempSync(join(tmpdir(), 'key-')), 'gateway.key');
  writeFileSync(file, text, { mode });
  expect(() => loadKeys(file)).toThrow(expect.objectContaining({ code: 'GATEWAY_KEY_UNUSABLE' }));
});

const token = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const bearer = (value: string) => principalOf({ authorization: `Bearer ${value}` }, '::1');

test('a caller keeps its principal when its token is renewed', () => {
  const before = bearer(token({ iss: 'i', sub: 'ann', exp: 1 }));
  expect(bearer(token({ iss: 'i', sub: 'ann', exp: 2 })).key).toBe(before.key);
  expect(bearer(token({ iss: 'other', sub: 'ann' })).key).not.toBe(before.key);
  expect(before.known).toBe(true);
});

test('a key or an opaque token is not kept in the principal', () => {
  for (const { key: principal, known } of [
    bearer('opaque-secret'),
    principalOf({ 'x-api-key': 'opaque-secret' }, ''),
  ]) {
    expect(known).toBe(true);
    expect(principal).not.toContain('opaque-secret');
  }
  expect(principalOf({}, '127.0.0.1')).toEqual({ key: 'address 127.0.0.1 ', known: false });
});

test('the callers of a version are spread evenly, and differently for each version', () => {
  const callers = Array.from({ length: 4_000 }, (_, index) => `caller ${index}`);
  const green = callers.filter((caller) => bucketOf('docs', '2', caller) < 2_000);
  const both = green.filter((caller) => bucketOf('docs', '3', caller) < 2_000);
  expect(green.length / callers.length).toBeCloseTo(0.2, 1);
  expect(both.length / green.length).toBeCloseTo(0.2, 1);
});
