import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { POD } from '../../src/adapters/kubernetes/kinds.ts';
import { sluice, type CliWorld } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import { pushed } from '../support/pushed.ts';

let fake: FakeWorld;
let world: CliWorld;
const LOGS = ['kubernetes', 'logs', '--namespace', 'shop', '--name', 'web-1', '--follow'];

beforeEach(() => {
  const gateway = createFakeGateway();
  fake = createFakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
  world = { gateway, services: worldServices(fake, gateway) };
  fake.cluster.create({ kind: POD, namespace: 'shop', name: 'web-1' }, { spec: { containers: [{ name: 'app' }] } });
  fake.cluster.logs.set('web-1/app', 'one\n');
});
afterEach(() => fake.stop());

test('--follow prints the lines to stdout, and how it ended to stderr', async () => {
  expect(await sluice(world, ...LOGS)).toMatchObject({ code: 0, out: 'one', err: 'The logs have ended.' });
  const json = await sluice(world, ...LOGS, '-o', 'json');
  expect(JSON.parse(json.out)).toMatchObject({ ended: 'logs', logs: [{ text: 'one\n' }] });
});

test('an interrupt ends it with the exit code of the signal', async () => {
  const interrupt = new AbortController();
  const lines = pushed<Uint8Array>();
  fake.cluster.followed.set('web-1/app', lines);
  const run = sluice({ ...world, stopped: interrupt.signal }, ...LOGS);
  lines.push(Buffer.from('two\n'));
  setImmediate(() => interrupt.abort('SIGINT'));
  const { code, err } = await run;
  expect([code, err]).toEqual([130, expect.stringContaining('was interrupted')]);
});
