import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createServer, request as send, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { createServiceCalls } from '../../src/adapters/service-calls/index.ts';
import { startRemote } from '../support/gateway-stage.ts';
import { writeKubeconfig } from '../support/kubeconfig.ts';

// The servers behind are programs.
jest.setTimeout(60_000);

const AT = { cluster: 'test', namespace: 'shop', service: 'web-canary', port: 'http' };
const PREFIX = '/api/v1/namespaces/shop/services/web-canary%3Ahttp/proxy';
const soon = () => AbortSignal.timeout(10_000);

/** May do everything but create. */
function reviewed(body: string, outgoing: ServerResponse): void {
  const { resourceAttributes: asked } = (JSON.parse(body) as { spec: { resourceAttributes: Record<string, string> } })
    .spec;
  seen.push(`${asked['verb']} ${asked['resource']}/${asked['subresource']} in ${asked['namespace']}`);
  const answer = { status: { allowed: asked['verb'] !== 'create' } };
  outgoing.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

/** The proxy of an API server: it passes requests below PREFIX on, and answers the others itself. */
let behind: string | undefined;
let status: { code: number; message: string } | undefined;
let slices: object | undefined;
let server: Server;
const seen: string[] = [];
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  [behind, status, slices] = [undefined, undefined, undefined];
  server = createServer((incoming, outgoing) => {
    const { url = '' } = incoming;
    if (url.endsWith('/selfsubjectaccessreviews')) return void text(incoming).then((body) => reviewed(body, outgoing));
    seen.push(`${incoming.method} ${url}`);
    if (slices) return void outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(slices));
    if (status || behind === undefined || !url.startsWith(PREFIX)) {
      const { code, message } = status ?? { code: 503, message: 'no endpoints available for service "web-canary"' };
      const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
      return void outgoing.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
    const to = new URL(behind);
    const passed = send(
      {
        host: to.hostname,
        port: to.port,
        method: incoming.method,
        path: url.slice(PREFIX.length),
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(outgoing);
      },
    );
    outgoing.once('close', () => passed.destroy());
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
afterAll(() => Promise.all(stops.map((stop) => stop())));

function calls() {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createServiceCalls(createClusters({ kubeconfig: writeKubeconfig({ test: url }) }));
}

test.each(['2025', '2026'])('an MCP server of %s is reached through the API server', async (year) => {
  const { url, stop } = await startRemote('one', year, 'reads');
  stops.push(stop);
  behind = url;

  const found = await calls().withMcp(AT, '/mcp', soon(), async (one) => ({
    tools: await one.tools(),
    answer: await one.call('read', { id: 'a' }),
  }));

  expect(found.tools).toContainEqual({ name: 'read', readOnly: true });
  expect(found.tools).toContainEqual({ name: 'version', readOnly: false });
  expect(found.answer).toMatchObject({ isError: false, text: expect.stringContaining('"price":12') });
});

test('a missing right is named before anything is called', async () => {
  seen.length = 0;
  expect(await calls().missingVerbs(AT)).toEqual(['create']);
  expect(seen.toSorted()).toEqual(['create services/proxy in shop', 'get services/proxy in shop']);
});

test('the pods behind a Service are those of all its endpoint slices, ready or not', async () => {
  const endpoint = (name: string, ready: boolean) => ({ conditions: { ready }, targetRef: { kind: 'Pod', name } });
  const items = [{ endpoints: [endpoint('web-1', true), endpoint('web-2', false)] }, { endpoints: null }];
  slices = { items: items.map((item) => ({ metadata: { name: 'web' }, ...item })), metadata: {} };

  const { cluster, namespace, service } = AT;
  expect(await calls().pods({ cluster, namespace, service })).toEqual(['web-1', 'web-2']);
  expect(seen.at(-1)).toContain('labelSelector=kubernetes.io%2Fservice-name%3Dweb-canary');
});

test('an answer over HTTP has the status and the body of the Service', async () => {
  const service = createServer((incoming, outgoing) => {
    let body = '';
    incoming
      .on('data', (part: Buffer) => (body += part.toString()))
      .on('end', () => {
        const said = `${incoming.method} ${incoming.url} ${incoming.headers['content-type'] ?? ''} ${body}`;
        outgoing.writeHead(404, { 'content-type': 'text/plain' }).end(said);
      });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  behind = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;

  const asked = { method: 'POST', path: '/x?y=1', body: '{"a":1}' };
  expect(await calls().http(AT, asked, soon())).toEqual({ status: 404, body: 'POST /x?y=1 application/json {"a":1}' });
  expect(await calls().http(AT, { method: 'HEAD', path: '/' }, soon())).toEqual({ status: 404, body: '' });
  service.close();
});

test('what the API server says itself is told as such', async () => {
  const call = () => calls().http(AT, { method: 'GET', path: '/' }, soon());

  await expect(call()).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    message: expect.stringContaining('no endpoints available'),
  });
  status = { code: 403, message: 'cannot get resource "services/proxy"' };
  await expect(call()).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('services/proxy') });
});

test('a Service that is silent has not answered in time', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  behind = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const late = () => AbortSignal.timeout(300);

  const inTime = { code: 'SERVICE_UNREACHABLE', message: expect.stringContaining('not answered in time') };
  await expect(calls().http(AT, { method: 'GET', path: '/' }, late())).rejects.toMatchObject(inTime);
  await expect(calls().withMcp(AT, '/mcp', late(), async () => 0)).rejects.toMatchObject(inTime);
  silent.closeAllConnections();
  silent.close();
});
