import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { sharedSandbox } from '../support/sandbox.ts';
import { NAMESPACE, TraefikTools } from '../support/traefik-tools.ts';

// A past of a minute has to be lived through.
jest.setTimeout(240_000);

interface Found {
  readonly anomalous: number;
  readonly findings: {
    readonly route_name: string;
    readonly service: string;
    readonly signal: string;
    readonly state: string;
    readonly p_value?: number;
    readonly why: string;
    readonly requests_now: number;
  }[];
}

let tools: TraefikTools;

beforeAll(async () => {
  tools = new TraefikTools(await sharedSandbox());
}, 900_000);

afterAll(() => tools.close(), 200_000);

const of = ({ findings }: Found, service: string, signal: string) =>
  findings.find((one) => one.service === service && one.signal === signal);

test('a version that begins to fail is found, one that begins to be slow is found, a healthy one is not, and no traffic is too little data', async () => {
  const [failing, slow, healthy] = await Promise.all([
    tools.application('failing', { rps: 15 }),
    tools.application('slow', { rps: 15 }),
    tools.application('healthy', { rps: 15 }),
  ]);
  await sleep(60_000);
  await Promise.all([tools.release(failing, 'shop:v2-errors-40'), tools.release(slow, 'shop:v2-slow-400')]);
  await sleep(12_000);
  const found = await tools.call<Found>('traefik_detect_anomalies', { window: '10s', baseline: '2m' });
  process.stderr.write(
    `${found.findings
      .filter(({ service }) => [failing, slow, healthy].some((name) => service.startsWith(name)))
      .map(({ state, why }) => `${state}: ${why}`)
      .join('\n')}\n`,
  );

  expect(of(found, `${failing}-stable`, 'errors')).toMatchObject({
    state: 'anomalous',
    why: expect.stringContaining('more than chance explains'),
  });
  expect(of(found, `${failing}-stable`, 'errors')?.p_value).toBeLessThan(0.001);
  expect(of(found, `${slow}-stable`, 'latency')).toMatchObject({ state: 'anomalous' });
  expect(of(found, `${slow}-stable`, 'errors')?.state).toBe('normal');
  expect(of(found, `${healthy}-stable`, 'errors')).toMatchObject({ state: 'normal' });
  expect(of(found, `${healthy}-stable`, 'traffic-share')).toMatchObject({ state: 'normal' });
  expect(of(found, `${healthy}-canary`, 'errors')).toMatchObject({ state: 'too-little-data', requests_now: 0 });
  expect(found.findings[0]?.state).toBe('anomalous');

  const one = await tools.call<Found>('traefik_detect_anomalies', {
    route_name: healthy,
    window: '10s',
    baseline: '2m',
  });
  expect(new Set(one.findings.map(({ route_name: name }) => name))).toEqual(new Set([healthy]));
});

test('without Prometheus it says so, and guesses nothing', async () => {
  const app = await tools.application('unmeasured');
  const error = (env: Record<string, string>, input: object) =>
    tools.call('traefik_detect_anomalies', input, env).then(
      () => 'no error',
      ({ code }: { code?: string }) => code,
    );

  expect(await error({ SLUICE_PROMETHEUS_URL: 'http://127.0.0.1:9' }, { route_name: app })).toBe(
    'PROMETHEUS_UNREACHABLE',
  );
  expect(await error({}, { route_name: 'no-such-route' })).toBe('TRAFFIC_SERVICE_NOT_FOUND');
  expect(await error({}, { namespace: 'no-such-namespace' })).toBe('NAMESPACE_NOT_FOUND');
  expect(await error({}, { namespace: NAMESPACE, window: '1s' })).toBe('INVALID_INPUT');
});
