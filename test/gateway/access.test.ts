import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withCredential } from '../../src/adapters/conformance/relay.ts';
import { GatewayClient, versionUrl } from '../../src/adapters/server-gateways/client.ts';
import { loadSettings } from '../../src/config/load.ts';
import { httpAccess } from '../../src/entry/access.ts';
import { keysPath, tokenPath } from '../../src/entry/credential-paths.ts';
import { createKeys } from '../../src/adapters/credentials/keys.ts';
import { localToken } from '../../src/adapters/credentials/local-token.ts';
import { serverSystems } from '../../src/entry/server-registry.ts';
import { RESOURCE } from '../../src/gateway/access.ts';
import { aServer, program, remote, startGateway, type Stage } from '../support/gateway-stage.ts';
import { ask, call, inSession, post, session, textOf } from '../support/gateway-wire.ts';
import { startHttpServer, type HttpServer } from '../support/http-server.ts';
import { connect, ERAS } from '../support/mcp-clients.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const AUDIENCE = 'https://sluice.example/servers';
const GOLD = { by: 'claim', name: 'tier', values: ['gold'] };
const home = mkdtempSync(join(tmpdir(), 'gateway-access-'));

let issuer: TokenIssuer;
let upstream: HttpServer;
let stage: Stage;
let local: string;
const settingsOf = (env: Record<string, string>) => loadSettings({ env: { SLUICE_HOME: home, ...env } }).settings;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  upstream = await startHttpServer(({ body }) => {
    const { id } = JSON.parse(body) as { id: unknown };
    const headers = { 'content-type': 'application/json' };
    return { headers, body: { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'far' }] } } };
  });
  const settings = settingsOf({ SLUICE_PUBLIC_URL: 'https://sluice.example', SLUICE_OAUTH_ISSUERS: issuer.url });
  const access = httpAccess(settings, [RESOURCE]);
  if (!access) throw new Error('the gateway would ask nobody');
  local = localToken(tokenPath(settings));
  const rules = ['os', 'key', issuer.url].map((one) => ({
    name: one,
    who: { issuer: one },
    permissions: ['admin' as const],
  }));
  const versions = { one: program('one'), two: { ...program('two'), audience: GOLD } };
  stage = await startGateway([aServer('it', versions, { two: 100 }), aServer('far', { one: remote(upstream.url) })], {
    access: { ...access, rules },
  });
}, 60_000);
afterAll(async () => {
  await stage.close();
  await Promise.all([issuer.close(), upstream.close()]);
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${stage.root}${path}`, { method, headers });

describe('without a valid credential', () => {
  const paths = ['/servers/it/mcp', '/servers/it/status', '/servers', '/metrics', '/events', '/servers/it/events'];

  test.each([...paths, '/servers/it/versions/two/mcp', '/nothing'])('%s is answered with 401', async (path) => {
    const wrong = [await issuer.forged(AUDIENCE), await issuer.token('https://sluice.example/mcp'), 'slt_wrong'];
    for (const headers of [{}, ...wrong.map(bearer), { authorization: 'Basic YWRhOmFkYQ==' }]) {
      const answer = await get(path, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain(
        'resource_metadata="https://sluice.example/.well-known/',
      );
      expect(await answer.json()).toMatchObject({ error: { data: { code: 'UNAUTHENTICATED' } } });
    }
  });

  test('health is open, and so is the document that names the authorization server', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const root = '/.well-known/oauth-protected-resource';
    for (const path of [root, `${root}/servers`, `${root}/servers/it/mcp`])
      expect(await (await get(path)).json()).toMatchObject({
        resource: AUDIENCE,
        authorization_servers: [issuer.url],
      });
  });

  test('a version sees none of it', async () => {
    await post(
      stage.url('far'),
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      bearer(await issuer.forged(AUDIENCE)),
    );
    expect(upstream.requests).toEqual([]);
  });
});

test('a forged claim chooses no version, and a signed one does', async () => {
  const [gold, tin] = [await issuer.token(AUDIENCE, { tier: 'gold' }), await issuer.token(AUDIENCE)];
  expect(textOf(await call(stage.url('it'), 'version', bearer(gold)))).toMatch(/^two/);
  expect(textOf(await call(stage.url('it'), 'version', bearer(tin)))).toMatch(/^one/);
  const forged = bearer(await issuer.forged(AUDIENCE, { tier: 'gold' }));
  expect((await call(stage.url('it'), 'version', forged)).error?.data?.code).toBe('UNAUTHENTICATED');
  // A token for the version is no proof to the gateway.
  const beside = { 'proxy-authorization': `Bearer ${tin}`, ...bearer(gold) };
  expect(textOf(await call(stage.url('it'), 'version', beside))).toMatch(/^one/);
}, 30_000);

test('the credential stays at the gateway, and that for the version passes', async () => {
  const mine = `Bearer ${await issuer.token(AUDIENCE)}`;
  await call(stage.url('far'), 'version', { authorization: mine, 'x-api-key': 'k' });
  await call(stage.url('far'), 'version', { 'proxy-authorization': mine, authorization: 'Bearer theirs' });
  expect(upstream.requests.map(({ headers }) => [headers['authorization'], headers['x-api-key']])).toEqual(
    expect.arrayContaining([
      [undefined, 'k'],
      ['Bearer theirs', undefined],
    ]),
  );
  expect(JSON.stringify(upstream.requests)).not.toContain(mine);
}, 30_000);

test('a handle of one subject is refused to another, and to the same subject with another key', async () => {
  const [ada, bob] = [bearer(await issuer.token(AUDIENCE)), bearer(await issuer.token(AUDIENCE, { sub: 'bob' }))];
  const { result } = await call(stage.url('it'), 'ask', ada);
  const params = { name: 'ask', arguments: {}, requestState: result?.['requestState'], inputResponses: {} };
  for (const other of [bob, { ...ada, 'x-api-key': 'k' }])
    expect((await ask(stage.url('it'), 'tools/call', params, other)).error?.data?.code).toBe('GATEWAY_HANDLE_REFUSED');
  expect((await ask(stage.url('it'), 'tools/call', params, ada)).error).toBeUndefined();
}, 30_000);

test('what reads is not enough for a comparison, and a key of another namespace for nothing', async () => {
  const keys = createKeys(keysPath(settingsOf({})));
  const made = (namespace: string) =>
    bearer(keys.create({ name: 'k', permissions: ['read'], namespaces: [namespace], createdBy: 'tester' }).token);
  const reads = made('servers');
  expect((await get('/servers/it/status', reads)).status).toBe(200);
  const refused = await get('/servers/it/mirror', reads, 'POST');
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining('error="insufficient_scope", scope="sluice:operate"'),
  ]);
  const elsewhere = await call(stage.url('it'), 'version', made('shop'));
  expect(elsewhere.error?.data?.code).toBe('ACCESS_DENIED');
});

test.each(ERAS)(
  'a %s with the token of this machine calls and keeps its session',
  async (era) => {
    const client = await connect(era, { url: stage.url('it'), headers: bearer(local) });
    for (let turn = 0; turn < 2; turn += 1)
      expect((await client.callTool('version', {})).content[0]?.text).toMatch(/^one/);
    await client.close();
  },
  60_000,
);

test('a session is of its subject only', async () => {
  const mine = await session(stage.url('it'), bearer(local));
  const theirs = { ...mine, ...bearer(await issuer.token(AUDIENCE)) };
  const [refused] = (await inSession(stage.url('it'), theirs, 'version')).messages;
  expect(refused?.error?.data?.code).toBe('GATEWAY_HANDLE_REFUSED');
  const [answer] = (await inSession(stage.url('it'), { ...mine, ...bearer(local) }, 'version')).messages;
  expect(textOf(answer ?? {})).toMatch(/^one/);
});

test('a release sends the token of this machine to the gateways that the settings name, and to no other', async () => {
  const { gatewayToken } = serverSystems(settingsOf({ SLUICE_MCP_GATEWAYS: stage.root }));
  expect((await new GatewayClient(gatewayToken).status(stage.root, 'it')).versions).toHaveLength(2);
  expect(gatewayToken('http://127.0.0.1:1/other')).toBeUndefined();
  const remote = serverSystems(settingsOf({ SLUICE_MCP_GATEWAYS: 'https://far.example' }));
  expect(remote.gatewayToken('https://far.example')).toBeUndefined();
  const refused = new GatewayClient().status(stage.root, 'it');
  await expect(refused).rejects.toMatchObject({
    code: 'GATEWAY_UNREACHABLE',
    next: expect.stringContaining('SLUICE_MCP_GATEWAY_TOKEN'),
  });
});

test('what sends no credential reaches a version by an address that lives as long as the suite', async () => {
  const url = versionUrl(stage.root, 'it', 'two');
  let address = '';
  const [seen, wrong] = await withCredential(url, local, async (given) => {
    address = given;
    return [await call(given, 'version'), await fetch(new URL('/', given))];
  });
  expect([textOf(seen), wrong.status]).toEqual([expect.stringMatching(/^two/), 404]);
  await expect(fetch(address)).rejects.toThrow('fetch failed');
  expect((await call(url, 'version')).error?.data?.code).toBe('UNAUTHENTICATED');
});
