import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeys } from '../../src/adapters/credentials/keys.ts';
import { knownToken, localAuthenticator, localToken } from '../../src/adapters/credentials/local-token.ts';
import { anyOf, MAX_TOKEN } from '../../src/domain/access/authenticator.ts';
import { osUser } from '../../src/domain/access/caller.ts';
import { sluice } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { memoryAudit } from '../support/mcp-server.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-credentials-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the token of the user of this machine', () => {
  test('is made once, and only its owner can read it', () => {
    const path = join(home, 'sub', 'token');

    const token = localToken(path);

    expect(token).toMatch(/^slt_[\w-]{43}$/);
    expect(modeOf(path)).toBe(0o600);
    expect(localToken(path)).toBe(token);
    expect(readdirSync(join(home, 'sub'))).toEqual(['token']);
  });

  test('proves the user, and nothing else does', async () => {
    const token = localToken(join(home, 'token'));
    const authenticator = localAuthenticator(token, osUser('ada'));

    expect(await authenticator.authenticate(token)).toEqual({ identity: osUser('ada') });
    for (const wrong of ['', 'slt_', `${token}x`, token.slice(0, -1), token.toUpperCase()])
      expect(await authenticator.authenticate(wrong)).toBeUndefined();
  });

  test.each([
    ['that others may read', (path: string) => chmodSync(path, 0o644), /other accounts may read it/],
    ['that is empty', (path: string) => writeFileSync(path, ''), /does not contain a token/],
    ['that is a link', (path: string) => (rmSync(path), symlinkSync('/etc/hostname', path)), /not a regular file/],
  ])('a file %s is refused', (_, change, message) => {
    const path = join(home, 'token');
    localToken(path);
    change(path);

    expect(() => knownToken(path)).toThrow(message);
    expect(() => localToken(path)).toThrow(message);
  });
});

describe('keys of machines', () => {
  const wanted = { name: 'deploy', permissions: ['operate'], createdBy: 'cli:ada' } as const;

  test('the token is in no file, and proves a machine with its limits', async () => {
    const keys = createKeys(join(home, 'keys'));

    const { id, token } = keys.create({ ...wanted, namespaces: ['shop'] });

    const file = join(home, 'keys', `${id}.json`);
    expect(modeOf(file)).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(token.slice(-43));
    expect(await keys.authenticate(token)).toEqual({
      identity: { kind: 'machine', issuer: 'key', subject: id, name: 'deploy' },
      limits: { permissions: ['operate'], namespaces: ['shop'] },
    });
  });

  test('a wrong, a foreign, an expired and a revoked key prove nobody', async () => {
    let now = 1_000;
    const keys = createKeys(join(home, 'keys'), () => now);
    const { id, token } = keys.create({ ...wanted, expiresAt: 2_000 });
    const other = keys.create(wanted);
    const secret = token.slice(-43);

    for (const wrong of ['slk_', `slk_${id}_`, `slk_../../etc_${secret}`, `${token}x`, `slk_${other.id}_${secret}`])
      expect(await keys.authenticate(wrong)).toBeUndefined();
    expect(await keys.authenticate(token)).toBeDefined();
    now = 2_000;
    expect(await keys.authenticate(token)).toBeUndefined();
    keys.revoke(other.id);
    expect(await keys.authenticate(other.token)).toBeUndefined();
    expect(() => keys.revoke(other.id)).toThrow(/no key with this id/);
    expect(() => keys.revoke('../../x')).toThrow(/no key with this id/);
  });

  test('another process sees a new key and a revoked one at once', async () => {
    const [one, two] = [createKeys(join(home, 'keys')), createKeys(join(home, 'keys'))];
    const { id, token } = one.create(wanted);
    expect(await two.authenticate(token)).toBeDefined();
    two.revoke(id);
    expect(await one.authenticate(token)).toBeUndefined();
  });

  test('the last use is known to a minute', async () => {
    let now = 1_790_000_000_000;
    const keys = createKeys(join(home, 'keys'), () => now);
    const { token } = keys.create(wanted);
    expect(keys.list()[0]?.usedAt).toBeUndefined();
    await keys.authenticate(token);
    expect(keys.list()[0]?.usedAt).toBe(now);
    now += 30_000;
    await keys.authenticate(token);
    expect(keys.list()[0]?.usedAt).toBe(now - 30_000);
    now += 60_000;
    await keys.authenticate(token);
    expect(keys.list()[0]?.usedAt).toBe(now);
  });

  test('a folder that Kubernetes mounts from a Secret has links of root to files that a group may read', async () => {
    const { id, token } = createKeys(join(home, 'made')).create(wanted);
    const mounted = join(home, 'mounted');
    mkdirSync(join(mounted, '..data'), { recursive: true });
    copyFileSync(join(home, 'made', `${id}.json`), join(mounted, '..data', `${id}.json`));
    chmodSync(join(mounted, '..data', `${id}.json`), 0o440);
    symlinkSync(`..data/${id}.json`, join(mounted, `${id}.json`));
    const keys = createKeys(mounted);

    // Only root can make what root has made.
    if (process.getuid?.() === 0) expect(await keys.authenticate(token)).toBeDefined();
    else await expect(keys.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
    chmodSync(join(mounted, '..data', `${id}.json`), 0o460);
    await expect(keys.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
  });

  test('a file that is no key, or that others may read, is told', async () => {
    const keys = createKeys(join(home, 'keys'));
    const { id, token } = keys.create(wanted);
    const file = join(home, 'keys', `${id}.json`);
    chmodSync(file, 0o640);
    await expect(keys.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
    chmodSync(file, 0o600);
    writeFileSync(file, '{}');
    await expect(keys.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
  });
});

test('a token that is empty or too large is not read', async () => {
  const asked: string[] = [];
  const authenticator = anyOf([{ authenticate: (token) => Promise.resolve(void asked.push(token)) }]);

  for (const token of ['', 'x'.repeat(MAX_TOKEN + 1)]) expect(await authenticator.authenticate(token)).toBeUndefined();
  expect(asked).toEqual([]);
});

describe('sluice token and sluice key', () => {
  const audit = memoryAudit();
  const run = (...words: string[]) =>
    sluice(
      {
        gateway: createFakeGateway(),
        audit,
        credentials: () => ({
          token: () => localToken(join(home, 'token')),
          keys: createKeys(join(home, 'keys')),
        }),
      },
      ...words,
    );

  test('the token is printed alone', async () => {
    expect((await run('token')).out).toBe(localToken(join(home, 'token')));
  });

  test('a key is made, listed without its token, and revoked; the audit log has both without the token', async () => {
    const words = ['key', 'create', 'CI of shop', '--permissions', 'read,operate', '--namespaces', 'shop'];
    const made = JSON.parse((await run(...words, '-o', 'json')).out) as { id: string; token: string };

    const listed = await run('key', 'list');
    expect(listed.out).toMatch(new RegExp(`${made.id} +CI of shop +read,operate +shop +20\\d\\d-`));
    expect(listed.out).not.toContain(made.token.slice(-43));
    expect((await run('key', 'revoke', made.id)).code).toBe(0);
    expect((await run('key', 'list')).out).toBe('There are no keys.');
    expect(audit.entries.map(({ tool }) => tool)).toEqual(['key create', 'key revoke']);
    expect(JSON.stringify(audit.entries)).not.toContain(made.token.slice(-43));
  });

  test.each([
    [['--permissions', 'approve'], /approve is not one of read, operate, admin/],
    [['--permissions', 'read', '--namespaces', 'Shop'], /must be a namespace/],
    [['--permissions', 'read', '--expires', '30'], /must be a duration|Invalid input/],
    [[], /--permissions/],
  ])('a key with %j is refused', async (words, message) => {
    const { code, err } = await run('key', 'create', 'x', ...words);

    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect((await run('key', 'list')).out).toBe('There are no keys.');
  });
});
