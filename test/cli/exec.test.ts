import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { POD } from '../../src/adapters/kubernetes/kinds.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { sluice, type CliWorld } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';

let fake: FakeWorld;
let world: CliWorld;
const settings = { ...DEFAULTS, kubernetesExec: true };

beforeEach(() => {
  const gateway = createFakeGateway();
  fake = createFakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
  world = { gateway, services: { ...worldServices(fake, gateway), settings } };
  fake.cluster.create({ kind: POD, namespace: 'shop', name: 'web-1' }, { spec: { containers: [{ name: 'app' }] } });
  fake.cluster.runs = ({ command }) => ({ code: 0, stdout: JSON.stringify(command) });
});
afterEach(() => fake.stop());

test('the words behind -- are the command, each as it was given', async () => {
  const words = ['sh', '-c', 'echo "a, b" --full'];
  const { out, code } = await sluice(world, 'kubernetes', 'exec', 'shop/web-1', '--yes', '--', ...words);
  expect([out.split('\n')[0], code]).toEqual([JSON.stringify(words), 0]);
});

test('the command line ends with the exit code of the program', async () => {
  fake.cluster.runs = () => ({ code: 42, stdout: '' });
  const run = ['kubernetes', 'exec', 'shop/web-1', '--yes', '--', 'false'];
  expect((await sluice(world, ...run)).code).toBe(42);
  const { out, code } = await sluice(world, ...run.slice(0, 3), '--json', ...run.slice(3));
  expect([JSON.parse(out), code]).toEqual([expect.objectContaining({ exit_code: 42 }), 42]);
  fake.cluster.delete({ kind: POD, namespace: 'shop', name: 'web-1' });
  expect((await sluice(world, ...run)).code).toBe(5);
});

test('a person is asked, and without the setting the command says which one it needs', async () => {
  const asked = await sluice({ ...world, answer: false }, 'k8s', 'exec', 'shop/web-1', 'ls');
  expect(asked.asked).toEqual(['Run ["ls"] in shop/web-1?']);
  const off = { ...world, services: { ...worldServices(fake, createFakeGateway()), settings: DEFAULTS } };
  const { err, code } = await sluice(off, 'k8s', 'exec', 'shop/web-1', 'ls', '--yes');
  expect([err, code]).toEqual([expect.stringContaining('SLUICE_KUBERNETES_EXEC'), 2]);
});
