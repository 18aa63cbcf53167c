import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, started, type Contender } from './contenders.ts';

const PACKAGE = 'mcp-contextforge-gateway==1.0.7.post20260921';
const ADMIN = 'bench@example.com';
const run = promisify(execFile);

/** ContextForge with one virtual server, which has the tools of the upstream. It is installed if it is missing. */
export async function startContextForge(
  upstream: string,
  folder: string,
  say: (line: string) => void,
): Promise<Contender> {
  const programs = join(await installed(folder, say), 'bin');
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const where = { cwd: mkdtempSync(join(tmpdir(), 'bench-contextforge-')), env: environment(secret) };
  const process = await started(
    'ContextForge',
    join(programs, 'mcpgateway'),
    ['--host', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    `${root}/health`,
    { ...where, startMs: 180_000 },
  );
  try {
    const token = ['-m', 'mcpgateway.utils.create_jwt_token', '--username', ADMIN, '--exp', '60', '--secret', secret];
    const { stdout } = await run(join(programs, 'python'), [...token, '--admin'], where);
    const headers = { authorization: `Bearer ${stdout.trim().split('\n').at(-1) ?? ''}` };
    const { server, tool } = await virtualServer(root, headers, upstream);
    return { ...process, url: `${root}/servers/${server}/mcp`, tool, headers };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

async function installed(folder: string, say: (line: string) => void): Promise<string> {
  if (existsSync(join(folder, 'done'))) return folder;
  say('installing ContextForge from PyPI');
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', PACKAGE]);
  writeFileSync(join(folder, 'done'), '');
  return folder;
}

/** Without its pages for people and its limit of 100 calls a minute, and allowed to reach loopback. */
function environment(secret: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JWT_SECRET_KEY: secret,
    AUTH_ENCRYPTION_SECRET: randomBytes(32).toString('hex'),
    BASIC_AUTH_PASSWORD: randomBytes(16).toString('hex'),
    PLATFORM_ADMIN_EMAIL: ADMIN,
    PLATFORM_ADMIN_PASSWORD: `${randomBytes(16).toString('hex')}A!`,
    DEFAULT_USER_PASSWORD: `${randomBytes(16).toString('hex')}A!`,
    DATABASE_URL: 'sqlite:///./bench.db',
    RATE_LIMITING_ENABLED: 'false',
    TOOL_RATE_LIMIT: '1000000',
    MCPGATEWAY_UI_ENABLED: 'false',
    MCPGATEWAY_ADMIN_API_ENABLED: 'false',
    SSRF_ALLOW_LOCALHOST: 'true',
    SSRF_ALLOW_PRIVATE_NETWORKS: 'true',
  };
}

type Headers = Readonly<Record<string, string>>;

/** Registers the upstream, and a server with all its tools. Returns its id, and the name of `echo` there. */
async function virtualServer(root: string, headers: Headers, url: string): Promise<{ server: string; tool: string }> {
  await post(`${root}/gateways`, headers, { name: 'it', url, transport: 'STREAMABLEHTTP' });
  const answer = await fetch(`${root}/tools`, { headers });
  const tools = (await answer.json()) as readonly { readonly id: string; readonly name: string }[];
  const echo = tools.find(({ name }) => name.endsWith('echo'));
  if (!echo) throw new Error(`it lists no tool echo, but ${tools.map(({ name }) => name).join(', ') || 'none'}`);
  const made = await post(`${root}/servers`, headers, {
    server: { name: 'bench', associated_tools: tools.map(({ id }) => id) },
  });
  return { server: String(made['id']), tool: echo.name };
}

async function post(url: string, headers: Headers, body: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}
