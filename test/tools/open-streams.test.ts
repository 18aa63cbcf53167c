import { request, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { openStreams } from '../../src/delivery/open-streams.ts';
import type { Move } from '../../src/delivery/move.ts';
import { worldsOver } from '../../src/entry/ports.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { settingsOfSandbox } from '../support/settings.ts';
import { NAMESPACE, TraefikTools } from '../support/traefik-tools.ts';

// Pods start, Prometheus scrapes once a second.
jest.setTimeout(300_000);

let tools: TraefikTools;
let app: string;
let move: Move;
const open: ClientRequest[] = [];

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  tools = new TraefikTools(sandbox);
  app = await tools.application('streams');
  const worlds = worldsOver(createClusters({ kubeconfig: sandbox.kubeconfig }), settingsOfSandbox(sandbox));
  move = { world: await worlds.of(sandbox.context), scene: { plan: {} } } as unknown as Move;
}, 900_000);

afterAll(async () => {
  for (const one of open) one.destroy();
  await tools.close();
}, 200_000);

/** Opens a stream of events, and answers when its first event is there. */
function listen(path: string): Promise<ClientRequest> {
  const [url] = tools.sandbox.traefikEntryUrls;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, url),
      { headers: { host: `${app}.${NAMESPACE}.local`, accept: 'text/event-stream' }, agent: false },
      (response) => response.once('data', () => (response.resume(), resolve(outgoing))),
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const told = async () => {
  const view = await move.world.split.read({ cluster: tools.sandbox.context, namespace: NAMESPACE, name: app });
  const stable = view.weights.find(({ service }) => service.endsWith('-stable'));
  if (!stable) throw new Error('the route has no stable Service');
  return openStreams(move, stable, 'shop:v1');
};

test('streams that Traefik counted are told with what it says of open connections, and requests alone are not', async () => {
  for (let sent = 0; sent < 5; sent += 1) await tools.send(app);
  expect(await told()).toBeUndefined();

  open.push(await listen('/?for=1'), await listen('/'));
  const text = await eventually('the ended stream is counted', told, { timeoutMs: 30_000 });

  expect(text).toMatch(/those that are open stay on shop:v1 until they end or its pods stop/);
  expect(Number(/at most (\d+) can be open/.exec(text)?.[1])).toBeGreaterThanOrEqual(1);
});
