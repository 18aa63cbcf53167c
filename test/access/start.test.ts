import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeys } from '../../src/adapters/credentials/keys.ts';
import { loadSettings } from '../../src/config/load.ts';
import { httpAccess } from '../../src/entry/access.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-start-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const access = (env: Record<string, string>) =>
  httpAccess(loadSettings({ env: { SLUICE_HOME: home, ...env } }).settings);
const PUBLIC = { SLUICE_HOST: '0.0.0.0', SLUICE_PUBLIC_URL: 'https://sluice.example' };
const ISSUER = { SLUICE_OAUTH_ISSUERS: 'https://idp.example' };

describe('the server does not start', () => {
  test.each([
    [
      'on another address without anything',
      { SLUICE_HOST: '0.0.0.0' },
      /without authentication the server binds to loopback only/,
    ],
    [
      'on another address with an issuer and no audience',
      { SLUICE_HOST: '0.0.0.0', ...ISSUER },
      /without SLUICE_PUBLIC_URL/,
    ],
    [
      'on another address with no issuer and no key',
      PUBLIC,
      /without authentication the server binds to loopback only/,
    ],
    ['on another address that is open', { ...PUBLIC, SLUICE_LOCAL_ACCESS: 'open' }, /binds to loopback only/],
    ['with an issuer and no audience', ISSUER, /without SLUICE_PUBLIC_URL/],
    [
      'open, with an issuer',
      { ...ISSUER, SLUICE_PUBLIC_URL: 'https://x.example', SLUICE_LOCAL_ACCESS: 'open' },
      /Unset|open/,
    ],
    [
      'open, with an audience of service accounts',
      { SLUICE_SERVICE_ACCOUNT_AUDIENCE: 'sluice', SLUICE_LOCAL_ACCESS: 'open' },
      /SLUICE_SERVICE_ACCOUNT_AUDIENCE is set/,
    ],
    [
      'with an audience of service accounts and without rules',
      { SLUICE_SERVICE_ACCOUNT_AUDIENCE: 'sluice' },
      /there are no rules of access/,
    ],
    ['with an issuer without TLS', { SLUICE_OAUTH_ISSUERS: 'http://idp.example' }, /without TLS/],
    ['with a public address without TLS', { SLUICE_PUBLIC_URL: 'http://sluice.example' }, /without TLS/],
    ['with a public address with a path', { SLUICE_PUBLIC_URL: 'https://sluice.example/mcp' }, /must have no path/],
    ['with a shared secret as a signature', { SLUICE_OAUTH_ALGORITHMS: 'HS256' }, /must be some of RS256/],
    ['with unsigned tokens', { SLUICE_OAUTH_ALGORITHMS: 'none' }, /must be some of RS256/],
    ['with another kind of local access', { SLUICE_LOCAL_ACCESS: 'off' }, /SLUICE_LOCAL_ACCESS/],
  ])('%s', (_, env, message) => {
    expect(() => access(env)).toThrow(message);
  });
});

test('on loopback, the token of the user is made and asked for', async () => {
  const found = access({});

  expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600);
  expect(await found?.authenticator.authenticate('slt_wrong')).toBeUndefined();
});

test('on loopback that is open, nobody is asked', () => {
  expect(access({ SLUICE_LOCAL_ACCESS: 'open' })).toBeUndefined();
});

test('on another address the token of the user is not made, and keys are enough', async () => {
  const { token } = createKeys(join(home, 'keys')).create({ name: 'ci', permissions: ['read'], createdBy: 'test' });

  const found = access(PUBLIC);

  expect(statSync(join(home, 'token'), { throwIfNoEntry: false })).toBeUndefined();
  expect(await found?.authenticator.authenticate(token)).toMatchObject({ identity: { kind: 'machine', name: 'ci' } });
});
