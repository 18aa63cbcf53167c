import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createEvidence } from '../../../src/evidence/prometheus/evidence.ts';
import { startHttpServer } from '../../support/http-server.ts';
import type { Answer, HttpServer } from '../../support/http-server.ts';

const FROM = 1_700_000_000_000;
const TO = FROM + 60_000;
const LABELS = {
  __name__: 'traefik_service_requests_total',
  service: 'shop-app-80@kubernetescrd',
  code: '200',
  instance: 'traefik-1',
};

let server: HttpServer;
let answer: Answer;

beforeEach(async () => {
  answer = { body: { status: 'success', data: { resultType: 'matrix', result: [] } } };
  server = await startHttpServer(() => answer);
});

afterEach(() => server.close());

const query = () => server.requests.map(({ path }) => new URL(path, server.url).searchParams);

test('asks for raw samples of both counters, under both labels while there are none, ending with the window', async () => {
  await createEvidence({ url: `${server.url}/`, headers: { 'X-Scope-OrgID': 'shop' } }).counters(
    'shop-app-80@kubernetescrd',
    { fromMs: FROM, toMs: TO },
  );

  expect(
    query()
      .map((parameters) => parameters.get('query'))
      .sort(),
  ).toEqual([
    'traefik_service_request_duration_seconds_bucket{exported_service="shop-app-80@kubernetescrd"}[60001ms]',
    'traefik_service_request_duration_seconds_bucket{service="shop-app-80@kubernetescrd"}[60001ms]',
    'traefik_service_requests_total{exported_service="shop-app-80@kubernetescrd"}[60001ms]',
    'traefik_service_requests_total{service="shop-app-80@kubernetescrd"}[60001ms]',
  ]);
  expect(query().map((parameters) => parameters.get('time'))).toEqual(Array(4).fill(String(TO / 1000)));
  expect(server.requests[0]).toMatchObject({
    method: 'GET',
    path: expect.stringMatching(/^\/api\/v1\/query\?/),
    headers: { 'x-scope-orgid': 'shop' },
  });
});

test('the matchers of the cluster are in every query for counters', async () => {
  const evidence = createEvidence({ url: server.url, matchers: { cluster: 'prod', tenant: 'a"b' } });
  await evidence.counters('shop-app-80@kubernetescrd', { fromMs: FROM, toMs: TO });

  const queries = query().map((parameters) => parameters.get('query'));
  expect(queries).toHaveLength(4);
  for (const one of queries) expect(one).toContain(String.raw`{cluster="prod",tenant="a\"b",`);
});

test('gives samples in milliseconds, with labels', async () => {
  answer = {
    body: {
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          {
            metric: LABELS,
            values: [
              [FROM / 1000, '3'],
              [FROM / 1000 + 5.5, '8'],
            ],
          },
        ],
      },
    },
  };

  const { requests } = await createEvidence({ url: server.url }).counters('shop-app-80@kubernetescrd', {
    fromMs: FROM,
    toMs: TO,
  });

  const { __name__, ...labels } = LABELS;
  expect(__name__).toBe('traefik_service_requests_total');
  expect(requests).toEqual([
    {
      labels,
      samples: [
        [FROM, 3],
        [FROM + 5_500, 8],
      ],
    },
  ]);
});

test('a service name cannot leave its quotes', async () => {
  await createEvidence({ url: server.url }).counters('a"} or up{x="\\\n', { fromMs: FROM, toMs: TO });

  expect(query()[0]?.get('query')).toContain(String.raw`{service="a\"} or up{x=\"\\\n"}[`);
});

test('reads the version', async () => {
  answer = { body: { status: 'success', data: { version: '3.15.0', revision: 'x' } } };

  expect(await createEvidence({ url: server.url }).probe()).toMatchObject({ version: '3.15.0' });
  expect(server.requests[0]?.path).toMatch(/^\/api\/v1\/status\/buildinfo/);
});

test.each([
  [
    'its own refusal',
    { status: 400, body: { status: 'error', errorType: 'bad_data', error: 'parse error' } },
    'QUERY_FAILED',
    'parse error',
  ],
  [
    'an answer of another shape',
    { body: { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } } },
    'QUERY_FAILED',
    'not understood',
  ],
  [
    'the error page of a proxy',
    { status: 502, body: '<html>Bad Gateway</html>' },
    'PROMETHEUS_UNREACHABLE',
    'does not answer',
  ],
  ['a page that is not Prometheus', { body: '<html>Welcome</html>' }, 'PROMETHEUS_UNREACHABLE', 'does not answer'],
  ['silence', { silent: true }, 'PROMETHEUS_UNREACHABLE', 'timeout'],
] as const)('%s becomes an error from the catalogue', async (_name, prepared, code, text) => {
  answer = prepared;

  await expect(
    createEvidence({ url: server.url, timeoutMs: 200 }).counters('x', { fromMs: FROM, toMs: TO }),
  ).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
});

test('a refused connection, and no address at all', async () => {
  await server.close();

  await expect(createEvidence({ url: server.url }).probe()).rejects.toMatchObject({
    code: 'PROMETHEUS_UNREACHABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  await expect(createEvidence({}).probe()).rejects.toMatchObject({
    code: 'PROMETHEUS_UNREACHABLE',
    message: expect.stringContaining('SLUICE_PROMETHEUS_URL is not set'),
  });
});
