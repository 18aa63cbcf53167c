import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadKubeConfig, onlyContext } from '../../../src/adapters/kubernetes/kubeconfig.ts';
import { createTransport, type Transport } from '../../../src/adapters/kubernetes/transport.ts';
import { actingAs } from '../../../src/ports/acting-account.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

let server: Server;
let transport: Transport;
let answer: (response: ServerResponse) => void;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  server = createServer((_, response) => answer(response)).on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  transport = createTransport(
    onlyContext(
      loadKubeConfig(writeKubeconfig({ test: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
      'test',
    ),
  );
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = (timeoutMs = 2_000) => transport.send({ method: 'GET', path: '/x', timeoutMs });

test('a packed answer is unpacked', async () => {
  answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"big":true}'));

  expect(await get()).toMatchObject({ status: 200, body: '{"big":true}' });
});

test('an answer that stops half way is told as a timeout, packed or not', async () => {
  for (const encoding of ['identity', 'gzip']) {
    answer = (response) =>
      response
        .writeHead(200, { 'content-encoding': encoding })
        .write(encoding === 'gzip' ? gzipSync('x'.repeat(1000)).subarray(0, 12) : 'half');

    await expect(get(80)).rejects.toMatchObject({ name: 'TimeoutError' });
  }
});

test('a connection that breaks half way is told as that', async () => {
  answer = (response) => {
    response.writeHead(200).write('half');
    setImmediate(() => response.destroy());
  };

  await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('requests in a row share one connection', async () => {
  answer = (response) => response.end('{}');
  for (let time = 0; time < 5; time += 1) await get();

  expect(connections).toBe(1);
});

test('requests for different callers share a connection, and each names its own', async () => {
  const users: unknown[] = [];
  server.on('request', ({ headers }) => users.push([headers['impersonate-user'], headers['impersonate-group']]));
  answer = (response) => response.end('{}');
  await actingAs({ user: 'oidc:ada', groups: ['oidc:dev', 'oidc:ops'] }, () => get());
  await get();
  await actingAs({ user: 'oidc:bob', groups: [] }, () => get());

  expect(users).toEqual([
    ['oidc:ada', 'oidc:dev, oidc:ops'],
    [undefined, undefined],
    ['oidc:bob', undefined],
  ]);
  expect(connections).toBe(1);
});

test('a stream ends with its signal, and a beginning that does not come with its limit', async () => {
  answer = (response) => response.writeHead(200).write('one');
  const stop = new AbortController();
  const { chunks } = await transport.open({ method: 'GET', path: '/x', timeoutMs: 2_000 }, stop.signal);
  const seen: string[] = [];
  const read = (async () => {
    for await (const chunk of chunks) {
      seen.push(Buffer.from(chunk).toString());
      stop.abort();
    }
  })();
  await expect(read).rejects.toThrow();
  expect(seen).toEqual(['one']);

  answer = () => undefined;
  await expect(
    transport.open({ method: 'GET', path: '/x', timeoutMs: 50 }, new AbortController().signal),
  ).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a request that was refused with 401 is sent again with fresh credentials, once', async () => {
  const statuses: number[] = [];
  answer = (response) => {
    statuses.push(statuses.length === 0 ? 401 : 200);
    response.writeHead(statuses.at(-1) as number).end('{}');
  };
  const port = (server.address() as AddressInfo).port;
  let renewed = 0;
  const config = Object.assign(
    onlyContext(loadKubeConfig(writeKubeconfig({ test: `http://127.0.0.1:${port}` })), 'test'),
    {
      renew: () => {
        renewed += 1;
        return renewed === 1;
      },
    },
  );

  const first = await createTransport(config).send({ method: 'GET', path: '/x', timeoutMs: 2_000 });

  expect(first.status).toBe(200);
  expect(statuses).toEqual([401, 200]);
});
