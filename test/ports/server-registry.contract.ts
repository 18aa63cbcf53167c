import { expect, test } from '@jest/globals';
import { promote, register, setTraffic } from '../../src/domain/servers/actions.ts';
import type { By, Upstream } from '../../src/domain/servers/server.ts';
import type { ServerRegistryPort, ServerUpdate } from '../../src/ports/server-registry.ts';

const BY: By = { at: 1_000, who: 'cli:ada' };
const UPSTREAM: Upstream = { transport: 'stdio', command: 'node', args: ['server.js'], env: { KEY: '${KEY}' } };

/** What every registry does. `open` returns a new one without servers. */
export function serverRegistryContract(open: () => Promise<ServerRegistryPort>): void {
  const blue = (registry: ServerRegistryPort, name = 'demo') =>
    registry.change(name, undefined, (server) =>
      register(server, { version: '1.0.0', upstream: UPSTREAM, blue: true }, BY),
    );

  test('a changed server is read back as it was written, and listed by name', async () => {
    const registry = await open();
    expect(await registry.read('demo')).toBeUndefined();
    const written = await blue(registry);
    await blue(registry, 'another');
    expect(written).toMatchObject({ name: 'demo', scope: 'project', revision: 1 });
    expect(await registry.read('demo')).toEqual(written);
    expect((await registry.list()).map(({ name }) => name)).toEqual(['another', 'demo']);
  });

  test('a change is refused when another one came first, and nothing is written', async () => {
    const registry = await open();
    await blue(registry);
    const late = registry.change('demo', 0, (server) => promote(server, '1.0.0', BY));
    await expect(late).rejects.toMatchObject({ code: 'SERVER_CHANGED' });
    expect((await registry.read('demo'))?.revision).toBe(1);
  });

  test('a change that throws, or changes nothing, writes nothing', async () => {
    const registry = await open();
    const before = await blue(registry);
    const wrong = registry.change('demo', 1, (server) => setTraffic(server, '1.0.0', 101, BY));
    await expect(wrong).rejects.toMatchObject({ code: 'SERVER_TRAFFIC_INVALID' });
    expect(await registry.change('demo', 1, (server) => promote(server, '1.0.0', BY))).toEqual(before);
    expect(await registry.read('demo')).toEqual(before);
  });

  test('concurrent changes lose nothing', async () => {
    const registry = await open();
    await blue(registry);
    const versions = ['2', '3', '4', '5'];
    await Promise.all(
      versions.map((version) =>
        registry.change('demo', undefined, (server) => register(server, { version, upstream: UPSTREAM }, BY)),
      ),
    );
    const server = await registry.read('demo');
    expect(server?.versions.map(({ version }) => version).toSorted()).toEqual(['1.0.0', ...versions].toSorted());
    expect(server?.revision).toBe(5);
  });

  test('a watch reports each change with its events until it is ended', async () => {
    const registry = await open();
    await blue(registry);
    const seen: ServerUpdate[] = [];
    const end = registry.watch((update) => seen.push(update));
    await registry.change('demo', 1, (server) =>
      register(server, { version: '2', upstream: UPSTREAM, traffic: 5 }, BY),
    );
    await until(() => seen.length > 0);
    end();
    await registry.change('demo', 2, (server) => setTraffic(server, '2', 7, BY));
    expect(seen.map(({ server }) => server.revision)).toEqual([2]);
    expect(seen.flatMap(({ events }) => events).map(({ type }) => type)).toEqual([
      'server:traffic-changed',
      'server:registered',
    ]);
  });
}

/** Errors: if it is not so after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not happen within 5 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
