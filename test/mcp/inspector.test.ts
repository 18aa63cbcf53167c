import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CATALOGUE, TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { startTestServer } from '../support/mcp-server.ts';

const INSPECTOR = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const STDIO_SERVER = fileURLToPath(new URL('../support/mcp-stdio-server.ts', import.meta.url));
/** It keeps a catalogue of servers in the home folder. */
const HOME = mkdtempSync(join(tmpdir(), 'inspector-'));

let server: HttpServer;
beforeAll(async () => {
  server = await startTestServer(createFakeGateway([aView()]), false);
});
afterAll(() => server.close());

function inspect(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [INSPECTOR, '--cli', ...args, '--format', 'json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME, MCP_CATALOG_PATH: join(HOME, 'mcp.json') },
    });
    const texts = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
    child.on('error', reject).on('close', (code) => resolve({ code, ...texts }));
  });
}

describe("the MCP Inspector's command line", () => {
  const url = () => `${server.mcpUrl}?toolsets=${TOOLSET_NAMES.join(',')}`;
  const http = (...args: string[]) => inspect(url(), '--transport', 'http', ...args);

  test('lists tools, and finds nothing wrong with their schemas', async () => {
    const { code, out, err } = await http('--method', 'tools/list', '--strict');

    expect([code, err]).toEqual([0, expect.not.stringContaining('error')]);
    expect((JSON.parse(out) as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name)).toEqual(
      CATALOGUE.filter(({ kind }) => kind === 'read').map(({ name }) => name),
    );
  }, 60_000);

  test('calls a tool; a refusal has an exit code of its own', async () => {
    const read = await http(
      '--method',
      'tools/call',
      '--tool-name',
      'release_get',
      '--tool-args-json',
      '{"release_id":"release/prod/shop/web"}',
    );
    const refused = await http(
      '--method',
      'tools/call',
      '--tool-name',
      'release_get',
      '--tool-args-json',
      '{"release_id":"release/prod/shop/other"}',
    );

    expect([read.code, JSON.parse(read.out)]).toEqual([
      0,
      { result: expect.objectContaining({ structuredContent: expect.objectContaining({ state: 'soaking' }) }) },
    ]);
    expect([refused.code, refused.out + refused.err]).toEqual([5, expect.stringContaining('RELEASE_NOT_FOUND')]);
  }, 60_000);

  test('lists and reads resources and prompts', async () => {
    const [templates, read, prompt] = await Promise.all([
      http('--method', 'resources/templates/list'),
      http('--method', 'resources/read', '--uri', 'example://canary'),
      http(
        '--method',
        'prompts/get',
        '--prompt-name',
        'emergency_rollback',
        '--prompt-args',
        'namespace=shop',
        'name=web',
      ),
    ]);

    expect([templates.code, read.code, prompt.code]).toEqual([0, 0, 0]);
    expect([templates.out, read.out, prompt.out]).toEqual([
      expect.stringContaining('rollout://{cluster}'),
      expect.stringContaining('strategy: canary'),
      expect.stringContaining('argo_abort_rollout'),
    ]);
  }, 60_000);

  test('lists over stdio', async () => {
    const { code, out } = await inspect(process.execPath, STDIO_SERVER, '--method', 'tools/list');

    expect([code, out]).toEqual([0, expect.stringContaining('release_get')]);
  }, 60_000);
});
