import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Command as Cli } from 'commander';
import type { CliDeps } from '../../src/cli/deps.ts';
import { createProgram } from '../../src/cli/program.ts';
import { TOOLSET_NAMES as TOOLSETS } from '../../src/toolsets/index.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { sluice } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { expectGolden } from '../support/golden.ts';
import { connect } from '../support/mcp-clients.ts';
import { startTestServer } from '../support/mcp-server.ts';

const servers: { reading?: HttpServer; writing?: HttpServer } = {};
beforeAll(async () => {
  servers.reading = await startTestServer(createFakeGateway(), false);
  servers.writing = await startTestServer(createFakeGateway(), true);
});
afterAll(async () => {
  await servers.reading?.close();
  await servers.writing?.close();
});

test.each(['reading', 'writing'] as const)('the tool list of a %s server', async (kind) => {
  const client = await connect('2026 client', { url: `${servers[kind]?.mcpUrl ?? ''}?toolsets=${TOOLSETS.join(',')}` });

  const { tools } = await client.listTools();
  await client.close();

  expectGolden(`tools-${kind}.json`, `${JSON.stringify(tools, null, 2)}\n`);
});

test('the list of a client that asks for no toolsets', async () => {
  const client = await connect('2026 client', { url: servers.writing?.mcpUrl ?? '' });

  const { tools } = await client.listTools();
  await client.close();

  expectGolden('tools-by-default.json', `${JSON.stringify(tools, null, 2)}\n`);
});

/** Every byte of these lists is in every agent's context. */
describe('the size of tool lists', () => {
  /** Bytes of the whole answer to tools/list, as it comes over the wire. */
  const bytes = async (kind: 'reading' | 'writing', toolsets = ''): Promise<number> => {
    const response = await fetch(`${servers[kind]?.mcpUrl ?? ''}${toolsets && `?toolsets=${toolsets}`}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    const text = await response.text();
    const message =
      text
        .split('\n')
        .find((line) => line.startsWith('data: '))
        ?.slice(6) ?? text;
    expect(JSON.parse(message)).toMatchObject({ result: { tools: expect.any(Array) } });
    return Buffer.byteLength(message);
  };

  test('a client that asks for no toolsets gets at most 16 KB; with those of a release at most 14 KB and 40 KB', async () => {
    const sets = 'release,argo,traefik';
    const rows: [string, number][] = [
      ['reading, no toolsets asked for', await bytes('reading')],
      ['writing, no toolsets asked for', await bytes('writing')],
      [`reading, ${sets}`, await bytes('reading', sets)],
      [`writing, ${sets}`, await bytes('writing', sets)],
    ];
    for (const toolset of TOOLSETS)
      rows.push(
        [`reading, ${toolset}`, await bytes('reading', toolset)],
        [`writing, ${toolset}`, await bytes('writing', toolset)],
      );
    console.info(
      `tools/list in bytes:\n${rows.map(([name, size]) => `  ${name.padEnd(32)} ${String(size).padStart(6)}`).join('\n')}`,
    );
    const size = Object.fromEntries(rows);

    expect(size['reading, no toolsets asked for']).toBeLessThanOrEqual(16 * 1024);
    expect(size['writing, no toolsets asked for']).toBeLessThanOrEqual(16 * 1024);
    expect(size[`reading, ${sets}`]).toBeLessThanOrEqual(14 * 1024);
    expect(size[`writing, ${sets}`]).toBeLessThanOrEqual(40 * 1024);
  });
});

test('the help of every command line', async () => {
  const gateway = createFakeGateway();
  const pages = pathsOf(createProgram({ version: '' } as unknown as CliDeps));

  const texts = await Promise.all(
    pages.map(
      async (page) =>
        `$ sluice ${[...page, '--help'].join(' ')}\n${(await sluice({ gateway }, ...page, '--help')).out}\n`,
    ),
  );

  expectGolden('cli-help.txt', texts.join('\n'));
});

/** Every command and group, by the words that lead to it. */
function pathsOf(cli: Cli, parents: readonly string[] = []): readonly (readonly string[])[] {
  return [parents, ...cli.commands.flatMap((child) => pathsOf(child, [...parents, child.name()]))];
}

test('the error catalogue', () => {
  const rows = Object.entries(ERRORS).map(
    ([code, { http, exit, retryable, meaning, next }]) =>
      `${code} http ${http} exit ${exit}${retryable ? ' retryable' : ''}\n  ${meaning}\n  ${next}`,
  );

  expectGolden('errors.txt', `${rows.join('\n')}\n`);
});
