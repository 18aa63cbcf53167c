import { afterEach, describe, expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import { createReadiness, type Dependency } from '../../src/observability/readiness.ts';
import { startStatusServer, type StatusServer } from '../../src/observability/status-server.ts';

let server: StatusServer | undefined;
afterEach(() => server?.close());

const away = new SluiceError('TEMPORAL_UNREACHABLE', 'Temporal at 10.1.2.3:7233 does not answer.');
const answers = (name: string): Dependency => ({ name, check: async () => undefined });
const fails = (name: string, error: Error): Dependency => ({ name, check: () => Promise.reject(error) });

async function pages(dependencies: readonly Dependency[], metrics = async () => 'one 1\n') {
  const ready = createReadiness(dependencies, { limitMs: 50, freshMs: 0 });
  server = await startStatusServer({ host: '127.0.0.1', port: 0 }, { version: '1.2.3', ready, metrics });
  const { url } = server;
  return async (path: string, method = 'GET') => {
    const response = await fetch(url + path, { method });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
}

describe('the pages for probes', () => {
  test('a process whose dependencies answer is ready', async () => {
    const get = await pages([answers('temporal'), answers('cluster')]);

    expect(await get('/readyz')).toMatchObject({
      status: 200,
      text: '{"status":"ready","checks":{"temporal":"ok","cluster":"ok"}}\n',
    });
  });

  test.each([
    ['refuses', away, 'TEMPORAL_UNREACHABLE'],
    ['fails in an unknown way', new Error('at 10.1.2.3'), 'INTERNAL'],
  ])('a process with a dependency that %s is not ready, lives, and shows no address', async (_, error, reason) => {
    const get = await pages([fails('temporal', error), answers('cluster')]);

    const { status, text } = await get('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({ status: 'not ready', checks: { temporal: reason, cluster: 'ok' } });
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok","version":"1.2.3"}\n' });
  });

  test('a dependency that never answers is away after the limit', async () => {
    const get = await pages([{ name: 'cluster', check: () => new Promise(() => undefined) }]);

    expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('no answer in time') });
  });

  test('figures have the type of Prometheus; other paths and methods are refused', async () => {
    const get = await pages([], async () => 'one 1\n');

    expect(await get('/metrics?x=1')).toMatchObject({
      status: 200,
      text: 'one 1\n',
      type: expect.stringMatching(/^text\/plain; version=0\.0\.4/),
    });
    expect(await get('/__proto__')).toMatchObject({ status: 404 });
    expect(await get('/readyz', 'POST')).toMatchObject({ status: 405 });
  });

  test('figures that cannot be had are a failure, and the process goes on', async () => {
    const get = await pages([], () => Promise.reject(new Error('secret')));

    expect(await get('/metrics')).toMatchObject({ status: 500, text: expect.not.stringContaining('secret') });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  test('a taken port is told', async () => {
    await pages([]);
    const port = Number(new URL(server?.url ?? '').port);

    const second = startStatusServer(
      { host: '127.0.0.1', port },
      { version: '', ready: async () => [], metrics: async () => '' },
    );

    await expect(second).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      next: expect.stringContaining('SLUICE_STATUS_PORT'),
    });
  });
});

describe('readiness', () => {
  test('probes of one moment look once, and a change is told once', async () => {
    let now = 0;
    let looks = 0;
    let error: Error | undefined = away;
    const changes: unknown[] = [];
    const dependency = {
      name: 'temporal',
      check: async () => {
        looks += 1;
        if (error) throw error;
      },
    };
    const ready = createReadiness([dependency], { now: () => now, onChange: (...change) => changes.push(change) });

    await Promise.all([ready(), ready()]);
    await ready();
    expect(looks).toBe(1);
    now += 1_001;
    await ready();
    expect([looks, changes]).toEqual([2, [['temporal', away]]]);

    error = undefined;
    now += 1_001;
    expect(await ready()).toEqual([{ name: 'temporal' }]);
    expect(changes).toHaveLength(2);
    expect(changes[1]).toEqual(['temporal']);
  });
});
