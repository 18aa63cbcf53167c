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
  const scrapes = new Scrapes(urls, { now: () => now, everyMs: 3_600_000 });
  return { port: createEvidence(urls, scrapes), scrape: () => scrapes.now() };
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
  expect(Object.fromEntries(requests.map(({ labels, samples }) => [labels['code'], samples.at(-1)?.[1]]))).toEqual({
    ...{ '200': 2, '499': 1, '500': 1, '502': 1, '503': 1, '504': 1 },
  });
  expect(requests[0]?.labels).toEqual({ instance: gateway.url, service: 'demo@2', code: '200' });
  expect(requests[0]?.samples).toEqual([
    [1_000_000, 0],
    [1_001_000, 2],
  ]);
});

test('a ping and a subscription are no calls, and a handshake has no latency', async () => {
  count('2', 'ping', 'ok');
  count('2', 'subscriptions/listen', 'ok');
  count('2', 'initialize', 'ok');
  count('2', 'tools/call', 'ok', 'get');
  const { requests, buckets } = await evidence(gateway.url).port.counters('demo@2', window);
  expect(requests.find(({ labels }) => labels['code'] === '200')?.samples).toEqual([[1_000_000, 2]]);
  expect(buckets.find(({ labels }) => labels['le'] === '+Inf')?.samples).toEqual([[1_000_000, 1]]);
});

test('both versions have the same bounds, also before the first call of one', async () => {
  count('1', 'tools/call', 'ok', 'get');
  const { port } = evidence(gateway.url);
  const [blue, green] = await Promise.all([port.counters('demo@1', window), port.counters('demo@2', window)]);
  expect(green.buckets.map(({ labels }) => labels['le'])).toEqual(blue.buckets.map(({ labels }) => labels['le']));
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
