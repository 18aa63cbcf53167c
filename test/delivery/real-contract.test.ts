import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createContracts } from '../../src/adapters/contract-reader/index.ts';
import { createImageRunner } from '../../src/adapters/image-runner/index.ts';

// An image is built, and containers are started.
jest.setTimeout(180_000);

const needed = ['buildah', 'podman', 'nsenter'];
const missing = needed.find((name) => spawnSync(name, ['--version']).error !== undefined);
const skipped = missing ?? (process.getuid?.() === 0 ? undefined : 'root');
const real = skipped === undefined ? test : test.skip;
const why = skipped === undefined ? '' : ` (skipped: there is no ${skipped})`;

/** It answers as an MCP server of 2025, and offers what it sees of its surroundings. */
const SERVER = `
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
const names = [process.env.TOKEN, 'networks-' + Object.keys(networkInterfaces()).join('-')];
const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
const answers = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'web', version: '1' } },
  'tools/list': { tools },
};
createServer((request, response) => {
  let text = '';
  request.on('data', (part) => (text += part)).on('end', () => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const { id, method } = JSON.parse(text);
    if (id === undefined) return response.writeHead(202).end();
    const result = answers[method];
    const answer = result ? { result } : { error: { code: -32601, message: 'there is no ' + method } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
}).listen(8000, '127.0.0.1');
`;

let root: string;
let id: string;
const IMAGE = 'localhost/sluice-contract-test:v1';

/** An image with the program node and its libraries. Nothing is fetched. */
beforeAll(() => {
  if (skipped !== undefined) return;
  root = mkdtempSync(join(tmpdir(), 'sluice-contract-'));
  const libraries = spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
  for (const [from, to] of [[process.execPath, '/node'], ...libraries.map((one) => [one, one])] as [string, string][]) {
    mkdirSync(dirname(join(root, 'files', to)), { recursive: true });
    copyFileSync(from, join(root, 'files', to));
  }
  writeFileSync(join(root, 'files/server.mjs'), SERVER);
  writeFileSync(join(root, 'Dockerfile'), 'FROM scratch\nCOPY files /\nUSER 1001\nCMD ["/node", "/server.mjs"]\n');
  const built = spawnSync('buildah', ['build', '--format=docker', '--quiet', '--tag', IMAGE, root], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  id = `sha256:${built.stdout.trim()}`;
});
afterAll(() => {
  if (skipped !== undefined) return;
  rmSync(root, { recursive: true, force: true });
  spawnSync('buildah', ['rmi', '--force', IMAGE]);
});

const signal = new AbortController().signal;
const runner = createImageRunner({ builder: 'buildah', timeout: 60_000 });
const asked = (more: object = {}) => ({
  ...{ id, builder: 'buildah', port: 8000, startSeconds: 60, environment: { TOKEN: 'mock-secret' } },
  ...more,
});
const left = (): string => spawnSync('podman', ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' }).stdout;

real(`a server runs from its image without a network, and its contract is read${why}`, async () => {
  const contracts = createContracts(root, { timeout: 10_000 });

  const lock = await runner.withServer(asked(), signal, (address) =>
    contracts.read(
      { server: 'web', version: 'v1' },
      { transport: 'streamable-http', url: `${address}/mcp`, headers: {} },
    ),
  );

  expect(lock).toMatchObject({ eras: ['2025'], items: [{ name: 'mock-secret' }, { name: 'networks-lo' }] });
  expect(left()).not.toContain('sluice-check-');
});

real(`a server that opens another port, or none, is named with what it wrote${why}`, async () => {
  const never = () => Promise.reject(new Error('it is not used'));

  expect(await runner.withServer(asked({ port: 8001, startSeconds: 1 }), signal, never)).toEqual({
    notRun: expect.stringMatching(/^the server has not opened its port in 1 s/),
  });
  const broken = asked({ environment: { NODE_OPTIONS: '--require=/none.js' } });
  expect(await runner.withServer(broken, signal, never)).toEqual({
    notRun: expect.stringMatching(/^the server has ended before it opened its port, and wrote: .*none\.js/),
  });
  expect(left()).not.toContain('sluice-check-');
});
