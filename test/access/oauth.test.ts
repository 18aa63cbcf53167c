import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createOAuth } from '../../src/adapters/oauth/index.ts';
import type { Authenticator } from '../../src/domain/access/authenticator.ts';
import { callerWith } from '../../src/domain/access/caller.ts';
import { startHttpServer, type HttpServer } from '../support/http-server.ts';

const AUDIENCE = 'https://sluice.example/mcp';
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let issuer: HttpServer;
let keys: readonly { readonly kid: string; readonly pair: Pair }[];
let away = false;
let oauth: Authenticator;

beforeAll(async () => {
  keys = [{ kid: 'one', pair: await generateKeyPair('ES256') }];
  issuer = await startHttpServer(({ path }) => answer(path));
  oauth = createOAuth(options());
});
afterAll(() => issuer.close());

const options = () => ({
  issuers: [issuer.url],
  audiences: [AUDIENCE, 'https://sluice.example/engine/v1'],
  algorithms: ['ES256', 'RS256'],
  groupsClaim: 'groups',
});

let jwks: object = { keys: [] };
async function publish(): Promise<void> {
  jwks = {
    keys: await Promise.all(
      keys.map(async ({ kid, pair }) => ({ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' })),
    ),
  };
}

function answer(path: string) {
  if (away) return { status: 503 };
  if (path === '/.well-known/openid-configuration')
    return { body: { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` } };
  return path === '/jwks' ? { body: jwks } : { status: 404 };
}

const NOW = (): number => Math.floor(Date.now() / 1000);
const CLAIMS: JWTPayload = { sub: 'ada', client_id: 'claude', scope: 'openid sluice:operate', aud: AUDIENCE };

async function token(
  more: JWTPayload = {},
  { crit, ...header }: { readonly crit?: Record<string, boolean>; readonly [name: string]: unknown } = {},
  pair = keys[0]?.pair as Pair,
): Promise<string> {
  await publish();
  const claims = { iss: issuer.url, iat: NOW(), exp: NOW() + 300, ...CLAIMS, ...more };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header, ...(crit && { crit: Object.keys(crit) }) })
    .sign(pair.privateKey, crit && { crit });
}

test('a person, the client that acts for them, and what the token permits', async () => {
  expect(await oauth.authenticate(await token({ groups: ['shop'], preferred_username: 'Ada L.' }))).toEqual({
    identity: { kind: 'person', issuer: issuer.url, subject: 'ada', name: 'Ada L.' },
    agent: { kind: 'agent', issuer: issuer.url, subject: 'claude', name: 'claude' },
    groups: ['shop'],
    limits: { permissions: ['operate'] },
  });
});

test('through a client of people themselves a person calls, unless the token names who acts for them', async () => {
  const own = createOAuth({ ...options(), personClients: ['portal'] });

  const direct = await own.authenticate(await token({ client_id: 'portal' }));
  expect(direct).toMatchObject({ identity: { kind: 'person', subject: 'ada' } });
  expect(direct).not.toHaveProperty('agent');
  expect(callerWith(direct, { id: 'http', kind: 'http' }).identity).toMatchObject({ kind: 'person', subject: 'ada' });
  const acted = await own.authenticate(await token({ client_id: 'portal', act: { sub: 'agent-7' } }));
  expect(acted).toMatchObject({ agent: { subject: 'agent-7' } });
  expect(await own.authenticate(await token())).toMatchObject({ agent: { subject: 'claude' } });
});

test('over MCP the program that calls is an agent, whoever its client is', async () => {
  const own = createOAuth({ ...options(), personClients: ['portal'] });
  const principal = await own.authenticate(await token({ client_id: 'portal' }));

  expect(callerWith(principal, { id: 'mcp:x', kind: 'mcp', client: 'x' })).toMatchObject({
    identity: { kind: 'agent' },
    onBehalfOf: { subject: 'ada' },
  });
});

test('the actor of a delegated token is the agent', async () => {
  expect(await oauth.authenticate(await token({ act: { sub: 'agent-7' } }))).toMatchObject({
    agent: { subject: 'agent-7' },
  });
});

test('a client that acts for itself is a machine, which never approves', async () => {
  const scope = 'sluice:admin sluice:approve';
  expect(await oauth.authenticate(await token({ sub: 'robot', client_id: 'robot', scope }))).toEqual({
    identity: { kind: 'machine', issuer: issuer.url, subject: 'robot', name: 'robot' },
    groups: [],
    limits: { permissions: ['admin'] },
  });
});

describe('a token proves nobody', () => {
  test.each<[string, () => Promise<string> | string]>([
    ['that is expired', () => token({ exp: NOW() - 60 })],
    ['that is not valid yet', () => token({ nbf: NOW() + 60 })],
    ['without an expiry', () => token({ exp: undefined as never })],
    ['of another audience', () => token({ aud: 'https://other.example/mcp' })],
    ['without an audience', () => token({ aud: undefined as never })],
    ['for the address with a slash', () => token({ aud: `${AUDIENCE}/` })],
    ['of another issuer', () => token({ iss: 'https://evil.example' })],
    ['without an issuer', () => token({ iss: undefined as never })],
    ['without a subject', () => token({ sub: undefined as never })],
    ['that another key has signed', async () => token({}, {}, await generateKeyPair('ES256'))],
    ['of an algorithm that is not allowed', async () => token({}, { alg: 'ES384' }, await generateKeyPair('ES384'))],
    ['that is unsigned', async () => unsigned(await token())],
    ['whose signature is cut', async () => (await token()).slice(0, -4)],
    ['with an extension that must be understood', () => token({}, { crit: { x: true }, x: 1 })],
    ['signed with a shared secret, the public key', async () => confused()],
    ['that is no JWT', () => 'slk_abc'],
    ['that is empty', () => ''],
    ['that is only dots', () => '..'],
  ])('%s', async (_, made) => {
    expect(await oauth.authenticate(await made())).toBeUndefined();
  });

  const unsigned = (signed: string): string => {
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    return `${header}.${signed.split('.')[1]}.`;
  };
  async function confused(): Promise<string> {
    const secret = Buffer.from(JSON.stringify(await exportJWK(keys[0]?.pair.publicKey as never)));
    return new SignJWT({ iss: issuer.url, ...CLAIMS, exp: NOW() + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);
  }
});

test('clocks may differ by half a minute', async () => {
  expect(await oauth.authenticate(await token({ exp: NOW() - 20 }))).toBeDefined();
  expect(await oauth.authenticate(await token({ nbf: NOW() + 20 }))).toBeDefined();
});

test('keys are read once, and wrong tokens do not make the server read them again and again', async () => {
  const fresh = createOAuth(options());
  const before = issuer.requests.filter(({ path }) => path === '/jwks').length;
  const good = await token();
  const other = await generateKeyPair('ES256');
  const unknown = await token({}, { kid: 'unknown' }, other);

  for (const one of [good, unknown, unknown, unknown, good]) await fresh.authenticate(one);
  const foreign = await token({ iss: 'https://evil.example' });
  for (let index = 0; index < 100; index += 1) await fresh.authenticate(foreign);

  expect(issuer.requests.filter(({ path }) => path === '/jwks').length - before).toBeLessThanOrEqual(2);
});

test('a server that runs finds a rotated key after half a minute', async () => {
  const rotated = await generateKeyPair('ES256');
  const running = createOAuth(options());
  expect(await running.authenticate(await token())).toBeDefined();
  keys = [...keys, { kid: 'two', pair: rotated }];
  const newest = await token({}, { kid: 'two' }, rotated);

  // Keys were read just now, and are not read again for each unknown one.
  expect(await running.authenticate(newest)).toBeUndefined();
  const later = Date.now() + 31_000;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => later);
  try {
    expect(await running.authenticate(newest)).toBeDefined();
    expect(await running.authenticate(await token())).toBeDefined();
  } finally {
    clock.mockRestore();
  }
});

test('an issuer that does not answer is told, and is not taken for a wrong token', async () => {
  away = true;
  const fresh = createOAuth(options());
  const good = await token();

  await expect(fresh.authenticate(good)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: expect.stringContaining(issuer.url),
  });
  expect(await fresh.authenticate('slk_abc')).toBeUndefined();
  away = false;
});
