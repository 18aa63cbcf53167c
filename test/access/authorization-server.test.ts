import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createOAuth } from '../../src/adapters/oauth/index.ts';
import { ballotOf, notCounted } from '../../src/domain/release/approval.ts';
import { startAccessServer, type AccessServer } from '../support/access-server.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { loggedInBy, LoginClient } from '../support/login-client.ts';
import { startOidcProvider } from '../support/oidc-process.ts';
import { send } from '../support/rest.ts';

let provider: ChildProcess;
let issuer: string;
let server: AccessServer;
const gateway = createFakeGateway([aView({ state: 'waiting-for-approval' })]);

beforeAll(async () => {
  ({ provider, issuer } = await startOidcProvider());
  server = await startAccessServer(access, { gateway });
}, 60_000);

const access = (root: string) => ({
  publicUrl: root,
  issuers: [issuer],
  authenticator: createOAuth({
    issuers: [issuer],
    audiences: [`${root}/mcp`, `${root}/engine/v1`],
    algorithms: ['RS256'],
    groupsClaim: 'groups',
    personClients: ['portal'],
  }),
});
afterAll(async () => {
  provider.kill();
  await server.close();
});

/** A client of each era. Both find the authorization server from the 401, register themselves, and use PKCE. */
const eras = {
  '2026 client': (login: LoginClient) => {
    const client = new Client({ name: 'agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const transport = () => new StreamableHTTPClientTransport(new URL(server.mcpUrl), { authProvider: login as never });
    return { client, transport };
  },
  '2025 client': (login: LoginClient) => {
    const client = new Client1({ name: 'agent', version: '1' });
    const transport = () => new Transport1(new URL(server.mcpUrl), { authProvider: login as never });
    return { client, transport };
  },
} as const;

interface AnyTransport {
  finishAuth(code: string, iss: string): Promise<void>;
}
interface AnyClient {
  connect(transport: unknown): Promise<void>;
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: object }): Promise<{ isError?: boolean }>;
  close(): Promise<void>;
}

test.each(Object.keys(eras) as (keyof typeof eras)[])(
  'a %s logs a person in and calls, and its list has what the token permits',
  async (era) => {
    const login = new LoginClient('ada');
    const { client, transport } = eras[era](login) as unknown as { client: AnyClient; transport: () => AnyTransport };
    const first = transport();
    await expect(client.connect(first)).rejects.toThrow(/Unauthorized/i);
    const { code, iss } = await login.answer();
    await first.finishAuth(code, iss);
    await client.connect(transport());

    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('release_list');
    expect(tools.map(({ name }) => name)).not.toContain('release_abort');
    expect((await client.callTool({ name: 'release_list', arguments: {} })).isError ?? false).toBe(false);
    expect(server.audit.entries.at(-1)).toMatchObject({
      who: expect.stringMatching(/@ada$/),
      caller: { kind: 'agent', issuer, via: 'mcp', on_behalf_of: { kind: 'person', issuer, subject: 'ada' } },
    });
    await client.close();
  },
  60_000,
);

const metadata = '/.well-known/oauth-protected-resource';

test.each([
  ['/mcp', '/mcp'],
  ['/engine/v1', '/engine/v1/tools'],
])('the 401 of %s names the document of its address, which names the resource exactly', async (resource, path) => {
  const { status, headers } = await send(`${server.root}${path}`);
  const url = `${server.root}${metadata}${resource}`;
  expect([status, headers['www-authenticate']]).toEqual([
    401,
    `Bearer resource_metadata="${url}", scope="sluice:read"`,
  ]);

  const { body } = await send(url);
  expect(JSON.parse(body)).toMatchObject({
    resource: `${server.root}${resource}`,
    authorization_servers: [issuer],
    scopes_supported: ['sluice:read'],
    bearer_methods_supported: ['header'],
  });
});

/** A token of the machine `robot` for a resource. */
async function robot(scope: string, resource: string): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('robot:robot-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const ABORT = { target: { namespace: 'shop', rollout: 'web' }, reason: 'test' };

test('a call beyond the scope answers 403 with the whole scope that it needs, at both doors', async () => {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${await robot('sluice:read', server.mcpUrl)}` };
  const params = { name: 'release_abort', arguments: ABORT };
  const rpc = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });

  const mcp = await send(server.mcpUrl, { headers, body: rpc });
  const rest = await send(`${server.restUrl}/tools/release_abort`, {
    headers: { ...headers, accept: 'application/json' },
    body: JSON.stringify(ABORT),
  });

  for (const [answer, resource] of [
    [mcp, '/mcp'],
    [rest, '/engine/v1'],
  ] as const) {
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('PERMISSION_MISSING')]);
    const challenge = String(answer.headers['www-authenticate']);
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="sluice:operate"');
    expect(challenge).toContain(`resource_metadata="${server.root}${metadata}${resource}"`);
  }
  expect(server.audit.entries.slice(-2).map(({ result, tool }) => [tool, result])).toEqual([
    ['release_abort', 'PERMISSION_MISSING'],
    ['release_abort', 'PERMISSION_MISSING'],
  ]);
});

test('a token for another resource is refused', async () => {
  const token = await robot('sluice:read', 'https://other.example/mcp');
  const { status, headers } = await send(`${server.restUrl}/tools`, { headers: { authorization: `Bearer ${token}` } });

  expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
});

/** Why the release does not count the approval that was sent last. */
function answered(): string | undefined {
  const ballot = ballotOf({ by: [{ issuer, subject: 'ada' }], count: 1 }, [], undefined);
  return notCounted(ballot, gateway.sent.at(-1)?.command.sender);
}

/** Ada approves with the token that she got through a client. */
async function approve(client: string, door: 'rest' | 'mcp') {
  const resource = door === 'rest' ? server.restUrl : server.mcpUrl;
  const token = await loggedInBy(client, 'ada', { issuer, scope: 'openid sluice:read sluice:approve', resource });
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
  const call = { target: { namespace: 'shop', rollout: 'web' } };
  gateway.sent.length = 0;
  if (door === 'rest')
    return send(`${server.restUrl}/tools/release_approve`, {
      headers: { ...headers, accept: 'application/json' },
      body: JSON.stringify(call),
    });
  const params = { name: 'release_approve', arguments: call };
  return send(server.mcpUrl, {
    headers,
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  });
}

test('an approval over REST counts with the token of a client of people themselves, and with no other one', async () => {
  expect(await approve('portal', 'rest')).toMatchObject({ status: 200 });
  expect(gateway.sent.at(-1)?.command).toMatchObject({ name: 'approve', sender: { identity: { kind: 'person' } } });
  expect(answered()).toBeUndefined();

  for (const [client, door] of [
    ['assistant', 'rest'],
    ['portal', 'mcp'],
    ['assistant', 'mcp'],
  ] as const) {
    await approve(client, door);
    expect(answered()).toMatch(/^an approval counts from a person only, and .* is an agent$/);
    expect(gateway.sent.at(-1)?.command.sender).toMatchObject({ onBehalfOf: { kind: 'person', subject: 'ada' } });
  }
}, 60_000);
