import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { exampleWorld, type ExampleWorld } from '../support/example-world.ts';

let world: ExampleWorld;
beforeEach(async () => void (world = await exampleWorld('delivery_deploy', 'The planned deployment')));
afterEach(() => world.stop());

const named = (name: string): Command => CATALOGUE.find((command) => command.name === name) as Command;
const run = (name: string, input: object, context: CommandContext = world.context) => {
  const command = named(name);
  return command.run(context, command.check(input, context.settings));
};
const planned = async (): Promise<string> => String((await run('delivery_deploy_plan', { name: 'web' }))['digest']);

test('the plan tries every object and creates none', async () => {
  const { objects } = await run('delivery_deploy_plan', { name: 'web' });

  const kinds = (objects as { kind: string; what: string }[]).map(({ kind, what }) => `${what} ${kind}`);
  expect(kinds).toContain('create Rollout');
  expect(kinds[0]).toMatch(/ServiceAccount$/);
  await expect(rolloutRead()).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
});

test('the write creates what the plan has shown; then there is no first version to deploy any more', async () => {
  const first = await run('delivery_deploy', { name: 'web', digest: await planned() });
  expect(first).toMatchObject({ changed: true });
  expect(await rolloutRead()).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'localhost:5000/web:v1.0.0' }] } } },
  });

  await expect(planned()).rejects.toMatchObject({
    code: 'NOT_APPLICABLE',
    message: 'The cluster has every object of the deployment web already.',
  });
});

test('a deployment that was interrupted creates what is missing, and leaves what Argo writes into by now', async () => {
  await run('delivery_deploy', { name: 'web', digest: await planned() });
  await removeBudget();

  const { objects } = await run('delivery_deploy_plan', { name: 'web' });

  expect((objects as { kind: string; what: string }[]).map(({ kind, what }) => `${what} ${kind}`)).toEqual([
    'create PodDisruptionBudget',
  ]);
});

test('another digest writes nothing', async () => {
  await expect(run('delivery_deploy', { name: 'web', digest: '0'.repeat(16) })).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
  });
  await expect(rolloutRead()).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
});

test('a Rollout that runs another image is refused with the release that brings the new one', async () => {
  const other = await exampleWorld('k8s_get', '');
  try {
    await expect(run('delivery_deploy_plan', { name: 'web' }, other.context)).rejects.toMatchObject({
      code: 'NOT_APPLICABLE',
      next: expect.stringContaining('release_start with target shop/web and image localhost:5000/web:v1.0.0'),
    });
  } finally {
    other.stop();
  }
});

test('where a key is named, an image that nobody has signed is neither planned nor deployed', async () => {
  const digest = await planned();
  Object.assign(world.context.delivery.signer, { demanded: async () => true });

  const refused = { code: 'SIGNATURE_REFUSED', message: expect.stringContaining('has no provenance.dsse.json') };
  await expect(planned()).rejects.toMatchObject(refused);
  await expect(run('delivery_deploy', { name: 'web', digest })).rejects.toMatchObject(refused);
  await expect(rolloutRead()).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
});

test('an overlay that somebody has edited is refused', async () => {
  const { deployments } = world.context.delivery;
  const path = 'k8s/overlays/production/kustomization.yaml';
  const text = `${(await deployments.readFolder('web'))[path]}namePrefix: a-\n`;
  await deployments.writeFolder('web', [{ path, text, executable: false }]);

  await expect(run('delivery_deploy_plan', { name: 'web' })).rejects.toMatchObject({
    code: 'NOT_APPLICABLE',
    message: expect.stringContaining('was edited'),
  });
});

async function rolloutRead(): Promise<unknown> {
  const kinds = await world.context.ports.clusterObjects.kinds('prod');
  const kind = kinds.find(({ plural }) => plural === ROLLOUT.plural);
  if (!kind) throw new Error('no kind Rollout');
  return world.context.ports.clusterObjects.read({ cluster: 'prod', kind, namespace: 'shop', name: 'web' });
}

async function removeBudget(): Promise<void> {
  const { clusterObjects } = world.context.ports;
  const kind = (await clusterObjects.kinds('prod')).find(({ plural }) => plural === 'poddisruptionbudgets');
  if (!kind) throw new Error('no kind PodDisruptionBudget');
  const at = { cluster: 'prod', kind, namespace: 'shop', name: 'web' };
  await clusterObjects.write(at, await clusterObjects.read(at), { how: 'delete' }, false);
}
