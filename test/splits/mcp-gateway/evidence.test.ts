import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Meter } from '../../../src/gateway/meter.ts';
import { createEvidence } from '../../../src/splits/mcp-gateway/evidence.ts';
import { Scrapes } from '../../../src/splits/mcp-gateway/scrapes.ts';
import { startHttpServer, type Answer, type HttpServer } from '../../support/http-server.ts';

let gateway: HttpServer;
let meter: Meter;
let answer: () => Answer;
let now: number;

beforeEach(async () => {
  meter = new Meter();
  now = 1_000_000;
  answer = () => ({ body: meter.text() });
  gateway = await startHttpServer(() => answer());
});
afterEach(() => gateway.close());

const count = (version: string, method: string, outcome: Parameters<ReturnType<Meter['begin']>>[0], tool = '') =>
  meter.begin({ server: 'demo', version, method, tool })(outcome);

/** The scraping of tests is by hand. */
function evidence(...urls: string[]) {
  const scrapes = new Scrapes(async () => urls, { now: () => now, everyMs: 3_600_000 });
  return { port: createEvidence(async () => urls, scrapes), scrape: () => scrapes.now() };
}

const window = { fromMs: 0, toMs: 2_000_000 };

test('counts each outcome as the status that the judge knows, and begins at zero', async () => {
  const { port, scrape } = evidence(gateway.url);
  expect((await port.counters('demo@2', window)).requests.map(({ samples }) => samples)).toEqual(
    Array.from({ length: 6 }, () => [[1_000_000, 0]]),
  );
  for (const outcome of ['ok', 'ok', 'tool_error', 'protocol_error', 'timeout', 'unavailable', 'cancelled'] as const)
    count('2', 'tools/call', outcome, 'a "quoted" \\ tool');
  now += 1_000;
  await scrape();
  const { requests } = await port.counters('demo@2', window);
  const called = requests.filter(({ labels }) => labels['mcp_tool'] === 'a "quoted" \\ tool');
  expect(Object.fromEntries(called.map(({ labels, samples }) => [labels['code'], samples.at(-1)?.[1]]))).toEqual({
    ...{ '200': 2, '499': 1, '500': 1, '502': 1, '503': 1, '504': 1 },
  });
  const labels = { instance: gateway.url, service: 'demo@2', code: '200' };
  expect(called[0]?.labels).toEqual({ ...labels, mcp_tool: 'a "quoted" \\ tool' });
  expect(called[0]?.samples).toEqual([
    [1_000_000, 0],
    [1_001_000, 2],
  ]);
  // Requests that call no tool.
  expect(requests[0]).toMatchObject({
    labels,
    samples: [
      [1_000_000, 0],
      [1_001_000, 0],
    ],
  });
});

test('a ping and a subscription are no calls, and a handshake has no latency', async () => {
  count('2', 'ping', 'ok');
  count('2', 'subscriptions/listen', 'ok');
  count('2', 'initialize', 'ok');
  count('2', 'tools/call', 'ok', 'get');
  const { requests, buckets } = await evidence(gateway.url).port.counters('demo@2', window);
  const newest = (series: typeof requests, name: string, value: string) =>
    series.filter(({ labels }) => labels[name] === value).map(({ samples }) => samples.at(-1)?.[1]);
  expect(newest(requests, 'code', '200')).toEqual([1, 1]);
  expect(newest(buckets, 'le', '+Inf')).toEqual([0, 1]);
});

test('both versions have the same bounds, also before the first call of one', async () => {
  count('1', 'tools/call', 'ok', 'get');
  const { port } = evidence(gateway.url);
  const [blue, green] = await Promise.all([port.counters('demo@1', window), port.counters('demo@2', window)]);
  const bounds = ({ buckets }: typeof blue) => [...new Set(buckets.map(({ labels }) => labels['le']))];
  expect(bounds(green)).toEqual(bounds(blue));
  expect(green.buckets.every(({ samples }) => samples.every(([, value]) => value === 0))).toBe(true);
  expect(gateway.requests.length).toBe(1);
});

test('a gateway that does not answer has no sample, and none at all is an error', async () => {
  const away = 'http://127.0.0.1:9';
  const { port } = evidence(gateway.url, away);
  const { requests } = await port.counters('demo@1', window);
  expect(new Set(requests.map(({ labels }) => labels['instance']))).toEqual(new Set([gateway.url]));
  await expect(evidence(away).port.counters('demo@1', window)).rejects.toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
  await expect(evidence(away).port.probe()).rejects.toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
  await expect(port.query('up', 0)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
});

test('of many tools fifty have counters of their own, and no call is lost', async () => {
  for (let index = 0; index < 60; index += 1) count('2', 'tools/call', 'ok', `tool-${index}`);
  const { requests } = await evidence(gateway.url).port.counters('demo@2', window);
  const good = requests.filter(({ labels }) => labels['code'] === '200');
  expect(good.filter(({ labels }) => labels['mcp_tool'] !== undefined)).toHaveLength(50);
  expect(good.reduce((sum, { samples }) => sum + (samples.at(-1)?.[1] ?? 0), 0)).toBe(60);
});

test('counters that have not changed are kept once', async () => {
  count('2', 'tools/call', 'ok', 'busy');
  count('2', 'tools/call', 'ok', 'idle');
  const scrapes = new Scrapes(async () => [gateway.url], { now: () => now, everyMs: 3_600_000 });
  await scrapes.now();
  count('2', 'tools/call', 'ok', 'busy');
  now += 1_000;
  await scrapes.now();
  const [first, second] = scrapes.between(0, now).map(({ counts }) => counts.get('demo@2'));
  expect(second?.get('idle')).toBe(first?.get('idle'));
  expect([first, second].map((tools) => tools?.get('busy')?.outcomes.ok)).toEqual([1, 2]);
});
