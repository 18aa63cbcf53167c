import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Authenticator } from '../../src/domain/access/authenticator.ts';
import { osUser, type Principal } from '../../src/domain/access/caller.ts';
import { permissionOf } from '../../src/commands/access.ts';
import { isSwitchedOn } from '../../src/commands/switched.ts';
import { PERMISSIONS, permits, type Permission } from '../../src/domain/access/permission.ts';
import { CATALOGUE as ALL } from '../../src/toolsets/index.ts';
import { connectMcp } from '../../src/entry/demo/mcp-link.ts';
import { createLog } from '../../src/observability/log.ts';
import { startAccessServer, type AccessServer } from '../support/access-server.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { send } from '../support/rest.ts';

/** A tool that its setting has switched off does not exist for anybody. */
const CATALOGUE = ALL.filter((command) => isSwitchedOn(command, DEFAULTS));

/** `ada` is the user of the machine; a permission is the token of a machine that has it alone. */
const people: Readonly<Record<string, Principal>> = {
  ada: { identity: osUser('ada') },
  ...Object.fromEntries(
    PERMISSIONS.map((permission) => [
      permission,
      {
        identity: { kind: 'machine', issuer: 'key', subject: permission, name: permission },
        limits: { permissions: [permission] },
      } satisfies Principal,
    ]),
  ),
  shop: {
    identity: { kind: 'machine', issuer: 'key', subject: 'shop', name: 'shop' },
    limits: { permissions: ['operate'], namespaces: ['shop'] },
  },
};
const logged: string[] = [];
const authenticator: Authenticator = {
  authenticate: async (token) => {
    if (token === 'broken') throw new Error('the check has failed');
    return people[token];
  },
};

let server: AccessServer;
const log = createLog('trace', { write: (line) => void logged.push(line) });
beforeAll(async () => (server = await startAccessServer({ authenticator }, { log })));
afterAll(() => server.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const JSON_TYPE = { 'content-type': 'application/json' };
const MCP = { ...JSON_TYPE, accept: 'application/json, text/event-stream' };

const get = (path: string, headers = {}) => send(`${server.root}${path}`, { headers });
const call = (tool: string, token: string, input: unknown = {}) =>
  send(`${server.restUrl}/tools/${tool}`, { headers: { ...JSON_TYPE, ...bearer(token) }, body: JSON.stringify(input) });
const rpc = (method: string, params: object, headers: Record<string, string>) =>
  send(server.mcpUrl, {
    headers: { ...MCP, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
const codeOf = (body: string): string | undefined => (JSON.parse(body) as { error?: { code: string } }).error?.code;

describe('without a valid credential', () => {
  const paths = ['/mcp', '/engine/v1/tools', '/engine/v1/openapi.json', '/engine/v1/docs/', '/', '/nothing'];

  test.each(paths)('%s answers 401 and nothing else', async (path) => {
    for (const headers of [
      {},
      bearer('wrong'),
      { authorization: 'Basic YWRhOmFkYQ==' },
      bearer(''),
      { cookie: 'sluice_session=x' },
    ]) {
      const { status, body, headers: answered } = await get(path, headers);
      expect([path, headers, status, codeOf(body)]).toEqual([path, headers, 401, 'UNAUTHENTICATED']);
      expect(answered['www-authenticate']).toMatch(/^Bearer /);
    }
  });

  test('a call is refused before its body is read', async () => {
    const { status } = await send(`${server.restUrl}/tools/release_list`, { headers: JSON_TYPE, body: '{"' });
    expect(status).toBe(401);
    expect(server.audit.entries).toEqual([]);
  });

  test('health is open, and a token in the address is none', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/engine/v1/tools?access_token=ada')).status).toBe(401);
  });

  test('wrong tokens are in no log and in no answer', async () => {
    const wrong = Array.from({ length: 100 }, (_, index) => `wrong-secret-${index}`);
    const answers = await Promise.all(wrong.map((token) => get('/engine/v1/tools', bearer(token))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));

    await get('/engine/v1/tools', bearer('broken'));
    // The log works: it has the failure of another token.
    expect(logged.join()).toContain('the check has failed');
    expect([JSON.stringify(answers), logged.join(), JSON.stringify(server.audit.entries)].join()).not.toContain(
      'wrong-secret',
    );
  });

  test('a token that is too large is refused by a status', async () => {
    expect([401, 431]).toContain(
      (await get('/engine/v1/tools', { ...bearer('x'.repeat(10_000)), connection: 'close' })).status,
    );
    expect([401, 431]).toContain(
      (await get('/engine/v1/tools', { ...bearer('x'.repeat(60_000)), connection: 'close' })).status,
    );
  });
});

describe('with a credential', () => {
  test('the audit log names who called, at both doors', async () => {
    await call('release_list', 'ada');
    await rpc(
      'tools/call',
      { name: 'release_list', arguments: {} },
      { ...bearer('ada'), 'sluice-caller': 'claude-code' },
    );

    const [rest, mcp] = server.audit.entries.slice(-2);
    expect(rest).toMatchObject({
      who: expect.stringMatching(/^http:/),
      caller: { via: 'http', on_behalf_of: osUser('ada') },
    });
    expect(mcp).toMatchObject({
      who: 'mcp:claude-code',
      caller: { kind: 'agent', subject: 'claude-code', via: 'mcp', on_behalf_of: osUser('ada') },
    });
  });

  test('a machine acts for nobody', async () => {
    await call('release_list', 'read');
    const { who, caller } = server.audit.entries.at(-1) ?? {};
    expect([who, caller]).toEqual([
      expect.stringMatching(/^http:.*@read$/),
      { kind: 'machine', issuer: 'key', subject: 'read', name: 'read', via: 'http' },
    ]);
  });

  test('a limit of namespaces holds', async () => {
    const input = { namespace: 'other', name: 'web' };
    expect(codeOf((await call('argo_get_rollout_status', 'shop', input)).body)).toBe('ACCESS_DENIED');
    expect(codeOf((await call('argo_get_rollout_status', 'shop', { ...input, namespace: 'shop' })).body)).toBe(
      'CLUSTER_UNREACHABLE',
    );
  });

  test('lists show what the caller may call', async () => {
    const namesOf = async (token: string) =>
      (JSON.parse((await get('/engine/v1/tools', bearer(token))).body) as { tools: { name: string }[] }).tools.map(
        ({ name }) => name,
      );
    const may = (permission: Permission) =>
      CATALOGUE.filter((command) => permits([permission], permissionOf(command))).map(({ name }) => name);
    for (const permission of PERMISSIONS) expect(await namesOf(permission)).toEqual(may(permission));
    const { body } = await rpc('tools/list', {}, { ...bearer('read'), 'mcp-protocol-version': '2025-11-25' });
    expect(body).toContain('"release_list"');
    expect(body).not.toContain('"release_start"');
  });
});

test('the client of npm start sends the token', async () => {
  const link = await connectMcp(server.mcpUrl, 'npm-start', { token: 'ada' });
  expect(await link.tools()).toContain('release_start');
  await link.close();
  await expect(connectMcp(server.mcpUrl, 'npm-start')).rejects.toThrow();
});

test('the OpenAPI document says that a credential is needed', async () => {
  const { body } = await get('/engine/v1/openapi.json', bearer('read'));
  expect(JSON.parse(body)).toMatchObject({
    security: [{ credential: [] }],
    components: { securitySchemes: { credential: { type: 'http', scheme: 'bearer' } } },
  });
});

describe('a person with a browser', () => {
  const page = { accept: 'text/html,application/xhtml+xml' };

  test('is asked for a token, and comes to the address that was wanted', async () => {
    const first = await get('/engine/v1/releases/prod/shop/web/report.html?run_id=x', page);
    expect([first.status, first.headers['location']]).toEqual([
      302,
      '/login?to=%2Fengine%2Fv1%2Freleases%2Fprod%2Fshop%2Fweb%2Freport.html%3Frun_id%3Dx',
    ]);
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const login = `${server.root}${String(first.headers['location'])}`;
    expect((await send(login, { ...form, body: 'token=wrong' })).status).toBe(401);
    const { status, headers } = await send(login, { ...form, body: 'token=ada' });
    expect([status, headers['location']]).toEqual([303, '/engine/v1/releases/prod/shop/web/report.html?run_id=x']);
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain('ada');
    expect((await get('/', { ...page, cookie: cookie.split(';')[0] })).status).toBe(200);
  });

  test.each([
    '//evil.example/',
    'https://evil.example',
    '/\\evil.example',
    '/x\r\nset-cookie: a=b',
    '',
    'javascript:alert(1)',
  ])('is never sent to %j', async (to) => {
    const { headers } = await send(`${server.root}/login?to=${encodeURIComponent(to)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'token=ada',
    });
    expect(headers['location']).toBe('/');
  });

  test('a session of another site is not used', async () => {
    const { status } = await get('/', { ...page, origin: 'https://evil.example' });
    expect(status).toBe(403);
  });
});
