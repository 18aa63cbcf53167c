import { expect, test } from '@jest/globals';
import type { StepDone, StepWork } from '../../src/domain/delivery/delivery.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import type { ReleaseState } from '../../src/domain/release/state.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { aView, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { settingsWith } from '../support/settings.ts';

const IMAGE = 'localhost:5000/web:v1.0.0';
const BUILT = { commit: 'b'.repeat(40), image: IMAGE, imageId: `sha256:${'1'.repeat(64)}`, builder: 'fake' };

interface World {
  readonly services: CommandServices;
  readonly delivery: ReturnType<typeof createFakeDelivery>;
  readonly requests: string[];
  run(step: 'onboard' | 'build' | 'check' | 'push' | 'release', work?: Partial<StepWork>): Promise<StepDone>;
}

function world(releaseState: ReleaseState = 'succeeded', settings = {}): World {
  const gateway = createFakeGateway([aView({ id: 'release/prod/shop/web', state: releaseState, closedAt: 1 })]);
  const delivery = createFakeDelivery();
  const services = { ...fakeServices(gateway), settings: settingsWith({ builder: 'buildah', ...settings }), delivery };
  const requests: string[] = [];
  const steps = createDeliverySteps(services, {
    start: async (_, { request_id: request, image, target }) => {
      requests.push(`${request} ${target.namespace}/${target.rollout} ${image}`);
      return { release_id: 'release/prod/shop/web', run_id: aView().runId };
    },
  });
  const signal = new AbortController().signal;
  const work = { input: DELIVERY_INPUT, facts: BUILT, runId: 'run-1', attempt: 1 };
  return { services, delivery, requests, run: (step, more) => steps[step]({ ...work, ...more }, { signal }) };
}

test('the deployment is written once; a repetition finds it', async () => {
  const { run, delivery } = world();

  const first = await run('onboard', { facts: {} });
  const again = await run('onboard', { facts: {} });

  expect([first.facts, again.facts]).toEqual([
    { commit: 'b'.repeat(40), sourceTree: 'e'.repeat(40), image: IMAGE },
    { commit: 'b'.repeat(40), sourceTree: 'e'.repeat(40), image: IMAGE },
  ]);
  expect(delivery.writes).toHaveLength(1);
});

test.each([
  ['the source', { sourceCommit: 'f'.repeat(40) }],
  ['the branch', { base: 'f'.repeat(40) }],
])('a plan whose %s has moved is not written', async (_, moved) => {
  const { run, delivery } = world();
  const input = { ...DELIVERY_INPUT, ...moved };

  await expect(run('onboard', { facts: {}, input })).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  expect(delivery.writes).toEqual([]);
});

test('a worker builds only where a setting names the builder', async () => {
  await expect(world('succeeded', { builder: undefined }).run('build')).rejects.toMatchObject({
    code: 'BUILDER_MISSING',
    message: expect.stringMatching(/^This worker does not build/),
  });
  expect((await world().run('build')).facts).toMatchObject({ imageId: BUILT.imageId, builder: 'fake' });
});

test('files that look like credentials stop the delivery before the push, with their findings', async () => {
  const { run, delivery } = world();
  const suspects = [{ rule: 'private-key', path: 'app/key.pem', layer: 2 }];
  Object.assign(delivery.content, {
    examine: async () => ({ bytes: 9, layers: 2, files: 1, notSearched: 0, suspects }),
  });

  const found = await run('check');

  expect(found.refused).toMatchObject({ code: 'CHECK_FAILED' });
  expect(found.findings?.[0]).toMatchObject({
    check: 'secrets',
    outcome: 'failed',
    text: 'private-key: app/key.pem in layer 2',
  });
  expect((await world().run('check')).refused).toBeUndefined();
});

test('what is pushed is read back, and its digest is committed once, also after a waiver was committed meanwhile', async () => {
  const { run, delivery } = world();
  await run('onboard', { facts: {} });
  const facts = { ...BUILT, sourceTree: 'e'.repeat(40) };

  const [first, again] = [await run('push', { facts }), await run('push', { facts })];

  expect(first.facts).toEqual({ digest: `sha256:${'d'.repeat(64)}`, pinnedCommit: 'b'.repeat(40) });
  expect(again.facts).toEqual(first.facts);
  expect(delivery.writes).toHaveLength(2);
  expect(delivery.pushed).toContain(IMAGE);
});

test('an image of another source than the branch has now is not named by the branch', async () => {
  const { run, delivery } = world();
  await run('onboard', { facts: {} });

  const pushing = run('push', { facts: { ...BUILT, sourceTree: 'f'.repeat(40) } });

  await expect(pushing).rejects.toMatchObject({ code: 'REPOSITORY_CHANGED' });
  expect(delivery.writes).toHaveLength(1);
});

test('the release of a later version has one request id for each attempt, and its end is that of the step', async () => {
  const { run, requests } = world();
  const facts = { ...BUILT, digest: `sha256:${'d'.repeat(64)}`, first: false };

  const [done, again] = [await run('release', { facts }), await run('release', { facts })];
  await run('release', { facts, attempt: 2 });
  const failed = await world('rolled-back').run('release', { facts });

  expect([done.refused, again.refused]).toEqual([undefined, undefined]);
  expect(requests.map((one) => one.split(' ')[0])).toEqual([
    'delivery-run-1-1',
    'delivery-run-1-1',
    'delivery-run-1-2',
  ]);
  expect(requests[0]).toContain(`shop/web ${IMAGE}@${facts.digest}`);
  expect(failed.refused).toMatchObject({
    code: 'DELIVERY_RELEASE_ENDED',
    reason: expect.stringMatching(/^rolled-back/),
  });
  expect(await run('release', { facts: { ...facts, first: true } })).toMatchObject({ skipped: true });
});

test('a release outside of the allow list is not started', async () => {
  const { run, requests } = world('succeeded', { allowedNamespaces: ['other'] });
  const facts = { ...BUILT, digest: `sha256:${'d'.repeat(64)}`, first: false };

  await expect(run('release', { facts })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
  expect(requests).toEqual([]);
});
