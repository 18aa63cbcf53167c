import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import { releaseReportFile } from '../../src/contract/release-report.ts';
import { aView, createFakeGateway, DEFAULTS, fakeServices } from '../support/fake-gateway.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { recordedRelease } from '../support/report/recorded-release.ts';
import { callRest, restDeps, send, startRestServer } from '../support/rest.ts';

const audit = memoryAudit();
const journal = createFakeJournal();
const services = { ...fakeServices(createFakeGateway()), journal };
let server: HttpServer;
let narrow: HttpServer;
let without: HttpServer;
beforeAll(async () => {
  await journal.append(recordedRelease());
  server = await startRestServer(restDeps(services, { audit, gate: { allowWrite: false, toolsets: [] } }));
  narrow = await startRestServer(restDeps({ ...services, settings: { ...DEFAULTS, allowedNamespaces: ['other'] } }));
  without = await startRestServer(restDeps(services, { gate: { allowWrite: true, toolsets: ['argo'] } }));
});
afterAll(() => Promise.all([server, narrow, without].map((one) => one.close())));

const at = (path: string, which = server) => send(`${which.restUrl}/releases/${path}`);

test('the tool names the page, and the page is there', async () => {
  const { body } = await callRest(server, 'release_report', { release_id: 'release/prod/shop/web' });

  const page = new URL(String((body as { result?: { page?: unknown } }).result?.page));

  // The address has the port of the settings; this test server has a free one.
  const answer = await send(new URL(page.pathname, server.restUrl).href);

  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(answer.body).toContain('<title>shop/web: succeeded (release report)</title>');
});

test('a browser is told to run, frame and keep nothing of it', async () => {
  const { headers } = await at('prod/shop/web/report.html');

  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
  });
});

test('JSON is what the document says', async () => {
  const { status, headers, body } = await at(`prod/shop/web/report.json?run_id=${aView().runId}`);

  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  expect(releaseReportFile.safeParse(JSON.parse(body)).error?.issues).toBeUndefined();
});

test.each([
  ['prod/shop/nobody/report.html', 404, 'RELEASE_NOT_FOUND'],
  ['prod/shop/web/report.json?run_id=nope', 404, 'RELEASE_NOT_FOUND'],
  ['prod/shop/web/report.html?run=x', 400, 'UNKNOWN_NAME'],
  ['prod/SHOP!/web/report.html', 400, 'INVALID_INPUT'],
  ['prod/shop/web/report.pdf', 404, 'PATH_NOT_FOUND'],
  ['prod/shop/%3Cscript%3E/report.html', 400, 'INVALID_INPUT'],
])('%s is %d %s', async (path, status, code) => {
  const answer = await at(path);

  expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { error: expect.objectContaining({ code }) }]);
});

test('rules of the tool hold for its files: namespaces, toolsets, methods, the audit log', async () => {
  audit.entries.length = 0;
  await at('prod/shop/web/report.html');

  expect(audit.entries).toMatchObject([{ tool: 'release_report', kind: 'read', result: 'ok' }]);
  expect((await at('prod/shop/web/report.html', narrow)).status).toBe(403);
  expect((await at('prod/shop/web/report.html', without)).status).toBe(404);
  expect(await send(`${server.restUrl}/releases/prod/shop/web/report.html`, { method: 'POST' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD' },
  });
});

test('a delivery has a page too, with the rules of its tool', async () => {
  const page = (path: string, which = server) => send(`${which.restUrl}/deliveries/${path}`);
  const { status, headers, body } = await page('web/report.html');

  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(body).toContain('BUILD_FAILED');
  expect((await page('other/report.html')).status).toBe(404);
  expect((await page('WEB/report.html')).status).toBe(400);
  expect((await page('web/report.html', narrow)).status).toBe(403);
  expect((await page('web/report.html', without)).status).toBe(404);
});
