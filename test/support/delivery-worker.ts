// A worker for deliveries: the real steps with a real Git, a builder that is a script, and a registry over HTTP. The
// cluster is pretended. The delivery `<name><i>` waits in its step i after the step has had its effect, until the
// folder of the worker has a file `go`.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { createDeployments, createSourceRepositories } from '../../src/adapters/git/index.ts';
import { createImageBuilder } from '../../src/adapters/image-builder/index.ts';
import { createImageRegistry } from '../../src/adapters/image-registry/index.ts';
import { DELIVERY_STEPS, type DeliveryStep } from '../../src/domain/delivery/delivery.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import type { DeliverySteps } from '../../src/ports/delivery-steps.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { homeOf } from '../../sandbox/place.ts';
import { createFakeDelivery } from './fake-delivery.ts';
import { aView, createFakeGateway, fakeServices } from './fake-gateway.ts';
import { createFakeWorld } from './fake-world.ts';
import { eventually } from './releases-wait.ts';
import { settingsWith } from './settings.ts';

const { ROOT: root = '', ADDRESS: address = '', QUEUE: taskQueue = '', REGISTRY: registry = '' } = process.env;

const gateway = createFakeGateway();
gateway.get = async (id) => aView({ id, state: 'succeeded', reason: 'all users are on it', closedAt: 1 });
const program = join(root, 'buildah');
const services = {
  ...fakeServices(gateway),
  settings: settingsWith({ deploymentRegistry: `${registry}/team`, builder: program, gitLocal: true }),
  delivery: {
    ...createFakeDelivery(),
    sources: createSourceRepositories({ credentials: {}, limits: { files: 1_000, bytes: 10 * 1024 * 1024 } }),
    deployments: createDeployments(join(root, 'mine')),
    builder: createImageBuilder({ program, timeout: 60_000, logs: join(root, 'builds') }),
    registry: createImageRegistry(),
  },
};
const own = createDeliverySteps(services, {
  start: async (_, { request_id: request }) => {
    appendFileSync(join(root, 'releases'), `${request}\n`);
    return { release_id: 'release/prod/shop/web', run_id: 'run-1' };
  },
});
// Something older runs, so the release has something to do.
const real: DeliverySteps = { ...own, deploy: async () => ({ reason: 'v0 runs', facts: { first: false } }) };

/** The step that the delivery of this name waits in. */
const heldStep = (name: string): DeliveryStep | undefined => DELIVERY_STEPS[Number(/\d$/.exec(name)?.[0])];

const held = Object.fromEntries(
  DELIVERY_STEPS.map((step) => [
    step,
    async (...[work, tools]: Parameters<DeliverySteps[DeliveryStep]>) => {
      const result = await real[step](work, tools);
      appendFileSync(join(root, 'ran'), `${work.input.name} ${step}\n`);
      const waits = () => existsSync(join(root, 'go')) || undefined;
      if (heldStep(work.input.name) === step) await eventually('the test lets it go', waits, { timeoutMs: 600_000 });
      return result;
    },
  ]),
) as DeliverySteps;

const world = createFakeWorld({ image: 'shop:v1' });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath: await workflowBundle(homeOf()) },
  activities: createActivities(world.worlds, undefined, undefined, { steps: held }),
  maxHeartbeatThrottleInterval: '1 second',
  defaultHeartbeatThrottleInterval: '1 second',
  stickyQueueScheduleToStartTimeout: '3 seconds',
});
console.log('ready');
await worker.run();
