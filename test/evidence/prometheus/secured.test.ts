import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createJudge, type Judgement } from '../../../activities/analysis.ts';
import { createEvidence, type MetricsOptions } from '../../../src/evidence/prometheus/evidence.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { Ports } from '../../../src/ports/index.ts';
import type { EvidencePort } from '../../../src/ports/evidence.ts';
import { metricsContract } from '../../ports/evidence.contract.ts';
import {
  startGateway,
  startSecuredPrometheus,
  USER,
  type Gateway,
  type Mode,
  type SecuredPrometheus,
} from '../../support/secured-prometheus.ts';

jest.setTimeout(30_000);

let prometheus: SecuredPrometheus;
let gateway: Gateway;
const folder = mkdtempSync(join(tmpdir(), 'sluice-token-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'first-token-1234');

// A fresh machine builds Prometheus first.
beforeAll(async () => {
  prometheus = await startSecuredPrometheus();
  gateway = await startGateway(prometheus);
}, 900_000);

beforeEach(() => {
  gateway.mode = 'pass';
  gateway.token = 'first-token-1234';
  writeFileSync(tokenFile, `${gateway.token}\n`);
});

afterAll(async () => {
  await gateway?.close();
  await prometheus?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const tls = () => ({
  caFile: prometheus.certificates.ca,
  certFile: prometheus.certificates.client.cert,
  keyFile: prometheus.certificates.client.key,
});
const direct = (changes: MetricsOptions = {}): EvidencePort =>
  createEvidence({
    url: prometheus.url,
    basic: { username: USER.name, password: { value: USER.password } },
    tls: tls(),
    ...changes,
  });
const through = (changes: MetricsOptions = {}): EvidencePort =>
  createEvidence({
    url: gateway.url,
    bearerToken: { file: tokenFile },
    headers: { 'X-Scope-OrgID': 'shop' },
    ...changes,
  });

async function failure(attempt: Promise<unknown>): Promise<SluiceError> {
  const error = await attempt.then(
    () => undefined,
    (one: unknown) => one,
  );
  if (error instanceof SluiceError) return error;
  throw new Error(`no known error: ${String(error)}`);
}

const fixture = (create: () => EvidencePort) => async () => ({
  metrics: create(),
  busyService: prometheus.service,
  now: Date.now,
});
metricsContract('Prometheus behind mutual TLS and a password', fixture(direct));
metricsContract('Prometheus behind a proxy that wants a token and a tenant', fixture(through));

test('the proxy got the token and the tenant with every request', () => {
  expect(gateway.seen.length).toBeGreaterThan(4);
  expect(new Set(gateway.seen.map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify({ authorization: 'Bearer first-token-1234', tenant: 'shop' })]),
  );
});

test('a token that is exchanged while it is used is taken up', async () => {
  const metrics = through();
  await metrics.probe();
  gateway.token = 'second-token-5678';
  expect(await failure(metrics.probe())).toMatchObject({ code: 'PROMETHEUS_DENIED' });
  writeFileSync(tokenFile, 'second-token-5678');
  expect(await metrics.probe()).toMatchObject({ version: expect.stringMatching(/^3\./) });
  rmSync(tokenFile);
  expect(await failure(metrics.probe())).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(`${tokenFile} cannot be read (ENOENT)`),
  });
});

describe('who may not ask', () => {
  test.each<readonly [string, () => EvidencePort, string, RegExp]>([
    [
      'a wrong password',
      () => direct({ basic: { username: USER.name, password: { value: 'wrong-password' } } }),
      'PROMETHEUS_DENIED',
      /refuses the credentials \(401\): Unauthorized/,
    ],
    [
      'a wrong password in the address',
      () => createEvidence({ url: prometheus.url.replace('//', '//sluice:wrong-password@'), tls: tls() }),
      'PROMETHEUS_DENIED',
      /401/,
    ],
    ['no password', () => createEvidence({ url: prometheus.url, tls: tls() }), 'PROMETHEUS_DENIED', /401/],
    [
      'no certificate',
      () => direct({ tls: { caFile: prometheus.certificates.ca } }),
      'PROMETHEUS_DENIED',
      /refuses the TLS connection/,
    ],
    [
      'an authority that is not trusted',
      () => createEvidence({ url: prometheus.url }),
      'PROMETHEUS_UNREACHABLE',
      /certificate/,
    ],
    [
      'another name than that of the certificate',
      () => direct({ url: prometheus.url.replace('127.0.0.1', 'localhost') }),
      'PROMETHEUS_UNREACHABLE',
      /altnames|does not match/,
    ],
    [
      'plain HTTP',
      () => direct({ url: prometheus.url.replace('https', 'http') }),
      'PROMETHEUS_UNREACHABLE',
      /HTTP request to an HTTPS server/,
    ],
  ])('%s', async (_, create, code, message) => {
    const error = await failure(create().probe());

    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.next).toMatch(/SLUICE_PROMETHEUS_/);
    expect(JSON.stringify([error.message, error.next, error.cause ?? null])).not.toMatch(
      /wrong-password|correct horse|c2x1aWNl/,
    );
  });

  test('a token that the proxy repeats in its answer is in no message', async () => {
    gateway.token = 'another-one';
    const refused = await failure(through().query('up', Date.now()));
    gateway.token = 'first-token-1234';
    gateway.mode = 'forbidden';
    const forbidden = await failure(through().query('up', Date.now()));

    expect(refused).toMatchObject({
      code: 'PROMETHEUS_DENIED',
      message: 'Prometheus refuses the credentials (401): not known here: Bearer ***',
    });
    expect(forbidden).toMatchObject({
      code: 'PROMETHEUS_DENIED',
      message: expect.stringMatching(/\(403\): \{"message":"Bearer \*\*\* may not read tenant shop"\}/),
    });
  });
});

test('the judge of a release says in its verdict who refuses what; that is no data', async () => {
  gateway.token = 'another-one';
  const arm = { service: 'web', metricsService: prometheus.service };
  const ports = { evidence: through(), split: {}, now: Date.now } as unknown as Ports;
  const owner = { releaseId: 'release/c/shop/web', runId: 'a-run' };
  const scene = { owner, plan: { candidate: arm, stable: arm } } as unknown as Judgement['scene'];
  const judge = createJudge(ports);
  const input = {
    scene,
    limits: { soakMs: 0, minRequests: 1, holdMs: 0, minSuccessRatio: 0.5 },
    from: Date.now() - 3_000,
  };

  expect((await judge(input)).verdict).toMatchObject({
    outcome: 'no-data',
    reason: 'Prometheus refuses the credentials (401): not known here: Bearer ***',
  });
  gateway.token = 'first-token-1234';
  expect((await judge(input)).verdict).toMatchObject({ outcome: 'pass' });
});

test.each<readonly [Mode, RegExp]>([
  ['slow', /ETIMEDOUT.*timeout/],
  ['drip', /ETIMEDOUT.*timeout/],
  ['login-redirect', /leads on to https:\/\/login\.example\/start\. Redirects are not followed/],
  ['login-page', /something else does, with 200 and a web page, “Sign in to shop”/],
  ['bad-gateway', /with 502 and a web page, “502 Bad Gateway”/],
])('a proxy that is %s is an absent Prometheus, and why is told', async (mode, message) => {
  gateway.mode = mode;
  const began = Date.now();
  const error = await failure(through({ timeoutMs: 700 }).query('up', Date.now()));

  expect(error).toMatchObject({ code: 'PROMETHEUS_UNREACHABLE', message: expect.stringMatching(message) });
  expect(error.message).not.toContain('very-secret-state');
  expect(Date.now() - began).toBeLessThan(3_000);
});

test('how far its clock is ahead', async () => {
  expect(Math.abs((await through().probe()).aheadMs ?? Infinity)).toBeLessThan(2_000);
  gateway.mode = 'skewed';
  const { aheadMs = 0 } = await through().probe();
  expect(Math.abs(aheadMs - 90_000)).toBeLessThan(2_000);
});

describe('what a query gives', () => {
  const ask = (promql: string) => direct().query(promql, Date.now());

  test.each<readonly [string, readonly unknown[]]>([
    ['vector(2) * 3', [{ labels: {}, value: 6 }]],
    ['scalar(vector(2))', [{ labels: {}, value: 2 }]],
    ['1 / 0', [{ labels: {}, value: Infinity }]],
    ['vector(-1) / 0', [{ labels: {}, value: -Infinity }]],
    ['0 / 0', [{ labels: {}, value: NaN }]],
    ['vector(0) / 0', [{ labels: {}, value: NaN }]],
    ['no_such_metric', []],
  ])('%s', async (promql, expected) => {
    expect(await ask(promql)).toEqual(expected);
  });

  test('several series, with their labels', async () => {
    const answer = await ask('count by (code, instance) (traefik_service_requests_total)');

    expect(answer).toHaveLength(4);
    expect(answer).toContainEqual({
      labels: { code: '500', instance: expect.stringMatching(/^127\.0\.0\.1:/) },
      value: 1,
    });
  });

  test.each([
    ['"text"', /gives a text, not a number/, /gives a number/],
    ['zero[5m]', /gives a range of samples, not a number/, /max_over_time/],
    ['sum(', /answered 400 to sum\(: .*parse error/, /query/],
    ['zero * on(x) group_left() (traefik_service_requests_total)', /answered 422 to .*(duplicate|found)/, /query/],
  ])('%s is refused', async (promql, message, next) => {
    expect(await failure(ask(promql))).toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringMatching(message),
      next: expect.stringMatching(next),
    });
  });
});
