import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import type { HttpServer } from '../../src/http/server.ts';
import { aView, AT, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { startBrowser } from '../support/report/browser.ts';
import { barriers, overflow } from '../support/report/in-page.ts';
import { restDeps, send, startRestServer } from '../support/rest.ts';

const program = findChromium();
const paused = aView({
  state: 'paused',
  events: [{ at: AT, state: 'soaking', text: 'paused: lunch', who: 'cli:ada' }],
});
const gateway = createFakeGateway([paused]);
let server: HttpServer;
beforeAll(async () => {
  server = await startRestServer(restDeps(fakeServices(gateway)));
});
afterAll(() => server.close());

const root = (): string => server.restUrl.replace('/engine/v1', '');

test('the first page lists releases with headline and report, and the addresses of the server', async () => {
  const { status, body, headers } = await send(`${root()}/`);

  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(body).toContain('Paused by cli:ada (lunch). Before that: weight 10 for 60 s');
  expect(body).toContain(`href="/engine/v1/releases/prod/shop/web/report.html?run_id=${paused.runId}"`);
  for (const address of ['/mcp', '/engine/v1/docs', '/engine/v1/openapi.json', '/healthz'])
    expect(body).toContain(address);
});

test('releases of namespaces that are not allowed are not on the first page', async () => {
  const services = fakeServices(createFakeGateway([paused]));
  const settings = { ...services.settings, allowedNamespaces: ['team'] };
  const narrow = await startRestServer(restDeps({ ...services, settings }));

  const { body } = await send(narrow.restUrl.replace('/engine/v1', '/'));
  await narrow.close();

  expect(body).not.toContain('shop/web');
});

(program === undefined ? describe.skip : describe)('in Chromium', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const failed: string[] = [];
  beforeAll(async () => {
    browser = await startBrowser(program ?? '');
    page = await (await browser.newContext({ bypassCSP: true, viewport: { width: 360, height: 800 } })).newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on(
      'response',
      (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`),
    );
  }, 60_000);
  afterAll(() => browser.close());

  test.each(['/docs', '/docs/'])(
    'the API page loads at %s and shows the tools of a toolset',
    async (path) => {
      await page.goto(`${server.restUrl}${path}`);
      await page.click('.opblock-tag[data-tag="release"]', { timeout: 20_000 });
      await page.waitForSelector('#operations-release-release_get', { timeout: 20_000 });
      expect(await page.locator('.topbar-wrapper img, .topbar img').first().getAttribute('src')).toContain('svg');
      expect(await page.locator('.opblock-tag').first().getAttribute('data-tag')).toBe('release');

      expect([complaints, failed]).toEqual([[], []]);
    },
    60_000,
  );

  test('the first page fits a phone, has no barriers, follows the release and leads to its report', async () => {
    await page.goto(`${root()}/`);

    expect(await overflow(page)).toEqual({ by: 0, elements: [] });
    expect(await barriers(page, axe.source)).toEqual([]);
    gateway.views.set(paused.id, { ...paused, state: 'soaking', reason: 'weight 10 for 60 s' });
    await page.waitForSelector('text=soaking', { timeout: 10_000 });
    await page.click('text=shop/web on prod');
    await page.waitForSelector('text=Release report');
    expect([complaints, failed]).toEqual([[], []]);
  }, 60_000);
});
