import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { loginOf } from '../../src/entry/login.ts';
import { sluice, type CliResult } from '../support/cli.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { browse } from '../support/login-client.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { startOidcProvider } from '../support/oidc-process.ts';

jest.setTimeout(120_000);
const PUBLIC = 'https://sluice.example';
let provider: ChildProcess;
let issuer: string;
let home: string;

beforeAll(async () => {
  ({ provider, issuer } = await startOidcProvider());
}, 60_000);
afterAll(() => void provider.kill());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-login-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const gateway = createFakeGateway([aView({ state: 'waiting-for-approval' })]);
const audit = memoryAudit();
const env = (): Record<string, string> => ({
  ...{ SLUICE_HOME: home, SLUICE_OAUTH_ISSUERS: issuer, SLUICE_PUBLIC_URL: PUBLIC },
});
const file = () => join(home, 'login.json');
type Tokens = { accessToken: string; refreshToken?: string; expiresAt: number };
const tokens = (): Tokens => JSON.parse(readFileSync(file(), 'utf8')) as Tokens;
const rewrite = (change: object) => writeFileSync(file(), JSON.stringify({ ...tokens(), ...change }));

/** What was printed, in every run of this file. No token may be in it. */
const printed: string[] = [];
const secrets = new Set<string>();

/** Runs the command line. `person` goes to each address that it shows. */
async function run(person: string | undefined, ...words: string[]): Promise<CliResult> {
  const visits: Promise<unknown>[] = [];
  const login: typeof loginOf = (settings) => {
    const real = loginOf(settings);
    const show = (text: string) => {
      printed.push(text);
      if (person !== undefined) visits.push(visit(text, person));
    };
    return { ...real, begin: (request) => real.begin({ ...request, show }) };
  };
  const result = await sluice({ gateway, audit, login, env: env() }, ...words);
  await Promise.all(visits);
  printed.push(result.out, result.err, JSON.stringify(audit.entries));
  return result;
}

/** A person opens the address that is shown, and enters the code if there is one. */
async function visit(text: string, person: string): Promise<void> {
  const [, device, code] = /Open (\S+) on any device, and enter this code: (\S+)/.exec(text) ?? [];
  if (device !== undefined)
    return void (await browse(
      new URL(`${device}?user_code=${code}`),
      person,
      (at, body) => at === undefined && !body.includes('<form'),
    ));
  const shown = text.split('\n').at(-1) ?? '';
  await fetch(
    await browse(new URL(shown), person, (at) => at?.startsWith('http://127.0.0.1') === true && /callback/.test(at)),
  );
}

async function loggedIn(...more: string[]): Promise<CliResult> {
  const result = await run('ada', 'login', ...more);
  expect(result).toMatchObject({ code: 0, err: '' });
  secrets.add(tokens().accessToken).add(tokens().refreshToken ?? tokens().accessToken);
  return result;
}

const approve = () => run(undefined, 'release', 'approve', 'release/prod/shop/web');
const ada = () => ({ kind: 'person', issuer, subject: 'ada', name: 'ada' });

test('a person logs in by the browser, and approves as this person with the permissions of the token', async () => {
  const { out } = await loggedIn();
  expect(out).toMatch(
    /^Logged in\. ada \(http:\S+#ada\), person\. The token permits: read, operate, approve\. The token is renewed/,
  );
  expect((statSync(file()).mode & 0o777).toString(8)).toBe('600');
  expect(JSON.parse((await run(undefined, 'whoami', '-o', 'json')).out)).toMatchObject({
    ...ada(),
    ...{ via: 'cli', permissions: ['read', 'operate', 'approve'], renewable: true },
  });

  gateway.sent.length = 0;
  expect(await approve()).toMatchObject({ code: 0 });
  expect(gateway.sent).toMatchObject([{ command: { name: 'approve', sender: { identity: ada(), via: 'cli' } } }]);
  expect(audit.entries.at(-1)).toMatchObject({
    who: expect.stringMatching(/^cli:ada@ada$/),
    caller: { ...ada(), via: 'cli' },
    tool: 'release_approve',
  });
});

test('a token that permits less is a limit here too', async () => {
  await loggedIn('--permissions', 'read');
  expect(await approve()).toMatchObject({ code: 3, err: expect.stringContaining('approve') });
});

test('a code that is typed on another device', async () => {
  await loggedIn('--device');
  expect((await run(undefined, 'whoami')).out).toMatch(/^ada \(/);
});

test('a token that ends is renewed once, also by two processes at once', async () => {
  await loggedIn();
  const before = tokens();
  rewrite({ expiresAt: Date.now() - 1 });
  const both = await Promise.all([run(undefined, 'whoami'), run(undefined, 'whoami')]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(tokens().accessToken).not.toBe(before.accessToken);
  expect(tokens().expiresAt).toBeGreaterThan(Date.now() + 60_000);
  secrets.add(tokens().accessToken).add(tokens().refreshToken ?? '');
});

test('a login that has ended is an error with the way out, and never another caller', async () => {
  await loggedIn();
  const { refreshToken } = tokens();
  rewrite({ refreshToken: 'forged', expiresAt: Date.now() - 1 });
  gateway.sent.length = 0;
  expect(await approve()).toMatchObject({
    code: 3,
    err: expect.stringMatching(/The login at \S+ has ended: .*\nNext: Log in again: sluice login\..*sluice logout/s),
  });
  rewrite({
    refreshToken,
    accessToken: `${tokens().accessToken.slice(0, -8)}AAAAAAAA`,
    expiresAt: Date.now() + 600_000,
  });
  expect(await approve()).toMatchObject({ code: 3, err: expect.stringContaining('proves nobody') });
  expect(gateway.sent).toEqual([]);
});

test('logging out removes the tokens here and at the issuer', async () => {
  await loggedIn();
  const old = readFileSync(file(), 'utf8');
  expect((await run(undefined, 'logout')).out).toMatch(
    /^Logged out: the tokens are removed here, and the authorization server renews nothing any more\. A copy/,
  );
  expect(() => statSync(file())).toThrow('ENOENT');
  expect((await run(undefined, 'whoami')).out).toBe('The user of the operating system: ada. Nobody is logged in.');
  expect((await run(undefined, 'logout')).out).toBe('Nobody is logged in.');

  writeFileSync(file(), old, { mode: 0o600 });
  rewrite({ expiresAt: Date.now() - 1 });
  expect(await run(undefined, 'whoami')).toMatchObject({ code: 3, err: expect.stringContaining('has ended') });
});

test('a file that others may read, and settings without an issuer or with two, are refused', async () => {
  await loggedIn();
  writeFileSync(file(), readFileSync(file()), { mode: 0o600 });
  const { chmodSync } = await import('node:fs');
  chmodSync(file(), 0o644);
  expect(await run(undefined, 'whoami')).toMatchObject({ err: expect.stringContaining('other accounts may read it') });
  for (const [issuers, text] of [
    ['', 'name no authorization server'],
    [`${issuer},https://b.example`, 'several authorization servers'],
  ] as const)
    expect(await run(undefined, 'login', '--set', `SLUICE_OAUTH_ISSUERS=${issuers}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining(text),
    });
});

test('no token was printed or logged', () => {
  expect(secrets.size).toBeGreaterThan(5);
  const all = printed.join('\n');
  for (const secret of secrets) expect(all.includes(secret) && secret !== '').toBe(false);
});
