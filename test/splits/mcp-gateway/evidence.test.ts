import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Meter } from '../../../src/gateway/meter.ts';
import { MeterHistory } from '../../../src/gateway/meter-history.ts';
import { createEvidence } from '../../../src/splits/mcp-gateway/evidence.ts';
import { Scrapes } from '../../../src/splits/mcp-gateway/scrapes.ts';
import { startHttpServer, type Answer, type HttpServer } from '../../support/http-server.ts';

let gateway: HttpServer;
let meter: Meter;
let answer: () => Answer;
let now: number;

let history: MeterHistory;

beforeEach(async () => {
  meter = new Meter();
  now = 1_000_000;
  history = new MeterHistory(meter, () => now);
  answer = () => ({ body: meter.text() });
  gateway = await startHttpServer(() => answer());
});
afterEach(() => {
  history.close();
  return gateway.close();
});

/** The pages of a gateway that keeps its past. */
async function keepingGateway(): Promise<HttpServer> {
  return startHttpServer(({ path }) => {
    if (path === '/metrics') return { body: meter.text() };
    const id = /^\/metrics\/past\/(\d+)$/.exec(path)?.[1];
    return { body: id === undefined ? { pages: history.pages() } : history.text(Number(id)) };
  });
}

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
  expect(gateway.requests.filter(({ path }) => path === '/metrics')).toHaveLength(1);
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

test('a worker that begins anew reads the past hour of the gateway', async () => {
  const keeping = await keepingGateway();
  try {
    for (let minute = 0; minute < 70; minute += 1) {
      count('1', 'tools/call', 'ok', 'get');
      now += 60_000;
      history.keep();
    }
    count('1', 'tools/call', 'ok', 'get');
    now += 1_000;
    const { port, scrape } = evidence(keeping.url);
    const all = { fromMs: 0, toMs: 10_000_000 };
    const samples = async () =>
      (await port.counters('demo@1', all)).requests.find(({ labels }) => labels['mcp_tool'] === 'get')?.samples ?? [];
    const first = await samples();
    expect(first).toHaveLength(61);
    expect(first[0]).toEqual([now - 1_000 - 59 * 60_000, 11]);
    expect(first.at(-2)).toEqual([now - 1_000, 70]);
    expect(first.at(-1)).toEqual([now, 71]);

    // While it reads each second, nothing of the past is asked for again, and what is older than an hour goes.
    const asked = keeping.requests.length;
    now += 1_000;
    await scrape();
    expect(keeping.requests.length).toBe(asked + 1);

    // After a silence it reads what it has missed.
    for (let minute = 0; minute < 3; minute += 1) {
      now += 60_000;
      history.keep();
    }
    now += 1_000;
    await scrape();
    const later = await samples();
    expect(later.slice(-4).map(([at]) => now - at)).toEqual([121_000, 61_000, 1_000, 0]);
    expect(later.every(([at], index) => index === 0 || at > (later[index - 1]?.[0] ?? 0))).toBe(true);
    expect(Math.min(...later.map(([at]) => at))).toBeGreaterThanOrEqual(now - 3_600_000);
  } finally {
    await keeping.close();
  }
});

test('a second is kept for a quarter of an hour, and then a minute', async () => {
  const { port, scrape } = evidence(gateway.url);
  for (let second = 0; second < 1_800; second += 10) {
    await scrape();
    now += 10_000;
  }
  const { requests } = await port.counters('demo@1', { fromMs: 0, toMs: now });
  const ages = (requests[0]?.samples ?? []).map(([at]) => now - at);
  // The last scrape was ten seconds ago.
  expect(ages.filter((age) => age <= 910_000)).toHaveLength(91);
  expect(ages.filter((age) => age > 910_000)).toHaveLength(15);
});

test('counters that have not changed since the last page are kept once', () => {
  count('1', 'tools/call', 'ok', 'idle');
  const before = meter.copy();
  count('1', 'tools/call', 'ok', 'busy');
  const after = meter.copy(before);
  expect([...after.values()].filter((one) => [...before.values()].includes(one))).toHaveLength(1);
  expect(after.size).toBe(2);
});
