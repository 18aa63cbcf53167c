import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Command as Cli } from 'commander';
import type { CliDeps } from '../../src/cli/deps.ts';
import { createProgram } from '../../src/cli/program.ts';
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

/** What other projects' servers take for their lists; every byte is in every agent's context. */
const MOST_BYTES = 28_000;

test.each(['reading', 'writing'] as const)('the tool list of a %s server', async (kind) => {
  const client = await connect('2026 client', { url: servers[kind]?.mcpUrl ?? '' });

  const { tools } = await client.listTools();
  await client.close();

  expect(JSON.stringify(tools).length).toBeLessThan(MOST_BYTES);
  expectGolden(`tools-${kind}.json`, `${JSON.stringify(tools, null, 2)}\n`);
});

test('the help of every command line', async () => {
  const gateway = createFakeGateway();
  const pages = pathsOf(createProgram({ version: '' } as unknown as CliDeps));

  const texts = await Promise.all(pages.map(async (page) => `$ sluice ${[...page, '--help'].join(' ')}\n${(await sluice({ gateway }, ...page, '--help')).out}\n`));

  expectGolden('cli-help.txt', texts.join('\n'));
});

/** Every command and group, by the words that lead to it. */
function pathsOf(cli: Cli, parents: readonly string[] = []): readonly (readonly string[])[] {
  return [parents, ...cli.commands.flatMap((child) => pathsOf(child, [...parents, child.name()]))];
}

test('the error catalogue', () => {
  const rows = Object.entries(ERRORS).map(([code, { http, exit, retryable, meaning, next }]) => `${code} http ${http} exit ${exit}${retryable ? ' retryable' : ''}\n  ${meaning}\n  ${next}`);

  expectGolden('errors.txt', `${rows.join('\n')}\n`);
});
