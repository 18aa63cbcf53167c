import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { runCommand } from '../../src/cli/run-command.ts';
import type { CliDeps } from '../../src/cli/deps.ts';
import { permissionOf } from '../../src/commands/access.ts';
import type { Command } from '../../src/commands/command.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Principal } from '../../src/domain/access/caller.ts';
import { PERMISSIONS, permits, type Permission } from '../../src/domain/access/permission.ts';
import { createMcpHttp } from '../../src/mcp/http.ts';
import { startHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { depsOver, memoryAudit } from '../support/mcp-server.ts';
import { send } from '../support/rest.ts';
import { RAN, SILENT } from '../support/silent-toolsets.ts';

/**
 * The table catalogue × roles × doors. REST and MCP over HTTP are asked at a real server, MCP over stdio in a real
 * process for each role. The command line is asked by its own dispatch (runCommand), because a process for each cell
 * would take minutes; every command of the command line passes there.
 */
const DOORS = ['rest', 'http', 'stdio', 'cli'] as const;
type Door = (typeof DOORS)[number];
type Ask = (command: Command, input: unknown, role: Permission) => Promise<string>;

const CATALOGUE = SILENT.flatMap(({ commands }) => commands);
const PROGRAM = fileURLToPath(new URL('../support/mcp-stdio-role.ts', import.meta.url));
/** What is read to know what a call touches may be missing here. By then the role has been found sufficient. */
const LATER = ['PLAN_UNKNOWN', 'PLAN_NOT_FOUND', 'CLUSTER_UNREACHABLE'];

const machine = (role: Permission): Principal => ({
  identity: { kind: 'machine', issuer: 'key', subject: role, name: role },
  limits: { permissions: [role] },
});
const stdio = new Map<Permission, Client>();
let server: HttpServer;

beforeAll(async () => {
  const authenticate = async (token: string) => PERMISSIONS.filter((role) => role === token).map(machine)[0];
  const deps = { ...depsOver(fakeServices(createFakeGateway()), { allowWrite: true }), toolsets: SILENT };
  const log = createLog('silent');
  const open = { ...deps, access: { authenticator: { authenticate } }, log };
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    log,
    version: '0',
    mcp: createMcpHttp(open),
    rest: open,
  });
  for (const role of PERMISSIONS) {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM, role] }));
    stdio.set(role, client);
  }
}, 120_000);
afterAll(async () => {
  await Promise.all([...stdio.values()].map((client) => client.close()));
  await server.close();
});

const headers = (role: Permission) => ({
  ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  authorization: `Bearer ${role}`,
});

const ASK: Readonly<Record<Door, Ask>> = {
  rest: async ({ name }, input, role) => {
    const accept = { ...headers(role), accept: 'application/json' };
    return (await send(`${server.restUrl}/tools/${name}`, { headers: accept, body: JSON.stringify(input) })).body;
  },
  http: async ({ name }, input, role) => {
    const params = { name, arguments: input };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    return (await send(server.mcpUrl, { headers: headers(role), body })).body;
  },
  stdio: async ({ name }, input, role) =>
    JSON.stringify(
      await stdio
        .get(role)
        ?.callTool({ name, arguments: input as Record<string, unknown> })
        .catch((error: unknown) => String(error)),
    ),
  cli: async (command, raw, role) => {
    const said: string[] = [];
    const deps = {
      ...{
        user: 'ada',
        audit: memoryAudit,
        open: async () => ({ ...fakeServices(createFakeGateway()), close: async () => undefined }),
      },
      login: async () => ({ current: async () => ({ principal: machine(role), expiresAt: 0, renewable: false }) }),
      io: {
        out: (text: string) => said.push(text),
        err: () => undefined,
        interactive: false,
        live: false,
        stopped: new AbortController().signal,
      },
    } as unknown as CliDeps;
    const { settings } = loadSettings({ env: { SLUICE_HOME: '/nonexistent' } });
    const run = { command, raw, format: 'json', yes: true } as const;
    return runCommand(deps, settings, run).then(
      () => said.join('\n'),
      (error: unknown) => String((error as { code?: string }).code),
    );
  },
};

/** `yes`: the call has passed every check. `no`: it was refused for what the role lacks. Else what came. */
async function cell(door: Door, command: Command, role: Permission): Promise<string> {
  const answer = await ASK[door](command, command.examples[0]?.input ?? {}, role);
  if (/PERMISSION_MISSING|ACCESS_DENIED/.test(answer)) return 'no';
  return answer.includes(RAN) || LATER.some((code) => answer.includes(code)) ? 'yes' : answer.slice(0, 200);
}

test('catalogue × roles × doors: at each door a call passes exactly where the role contains its permission', async () => {
  const rows: string[] = [];
  const wrong: string[] = [];
  for (const command of CATALOGUE) {
    const row: string[] = [];
    for (const role of PERMISSIONS) {
      const expected = permits([role], permissionOf(command)) ? 'yes' : 'no';
      const got = await Promise.all(DOORS.map((door) => cell(door, command, role)));
      for (const [index, one] of got.entries())
        if (one !== expected) wrong.push(`${command.name} as ${role} at ${DOORS[index]}: ${one}, expected ${expected}`);
      row.push(got.join('/'));
    }
    rows.push(`${command.name.padEnd(34)}${row.map((one) => one.padEnd(17)).join('')}`);
  }
  process.stderr.write(
    `Each cell: ${DOORS.join('/')}\n${'tool'.padEnd(34)}${PERMISSIONS.map((one) => one.padEnd(17)).join('')}\n${rows.join('\n')}\n`,
  );
  expect(wrong).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
}, 600_000);
