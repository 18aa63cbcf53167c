import { afterAll, beforeAll, jest } from '@jest/globals';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import type { ApplicationSpec, Sandbox } from '../../sandbox/index.ts';
import { createWorkload } from '../../src/targets/argo-rollout/workload.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import type { Clusters } from '../../src/adapters/kubernetes/index.ts';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { createEvidence } from '../../src/evidence/prometheus/evidence.ts';
import { createSplit } from '../../src/splits/traefik/split.ts';
import { metricsServiceName } from '../../src/domain/route/names.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { metricsContract } from './evidence.contract.ts';
import { fenceContract } from './fence.contract.ts';
import { blueGreenContract, canaryContract } from './workload.contract.ts';
import type { RolloutsFixture } from './workload.contract.ts';
import { trafficContract } from './split.contract.ts';

/** Apart from the namespace of the demonstration applications. */
const NAMESPACE = 'contract';

// Pods start, weights travel, selectors settle: seconds each.
jest.setTimeout(300_000);

let sandbox: Sandbox;
let clusters: Clusters;

beforeAll(async () => {
  sandbox = await sharedSandbox();
  clusters = createClusters({ kubeconfig: sandbox.kubeconfig });
}, 900_000);

const applications: string[] = [];

/**
 * Names of their own in every run: over an application that was left on another image, applying would start a release.
 */
const RUN = Date.now().toString(36).slice(-5);
const nameOf = (part: string) => `contract-${part}-${RUN}`;

async function freshApplication(spec: ApplicationSpec): Promise<void> {
  applications.push(spec.name);
  await applyApplication(sandbox, { ...spec, namespace: NAMESPACE });
}

afterAll(async () => {
  // Tidying only: pods that take their time to go are no broken contract.
  await Promise.allSettled(applications.map((name) => removeApplication(sandbox, name, NAMESPACE)));
}, 200_000);

async function rolloutsFixture(spec: ApplicationSpec): Promise<RolloutsFixture> {
  await freshApplication({ ...spec, image: 'shop:v1', rps: 5 });
  const ref = { kind: ROLLOUT, namespace: NAMESPACE, name: spec.name };
  return {
    rollouts: createWorkload(clusters),
    target: { cluster: sandbox.context, namespace: NAMESPACE, rollout: spec.name },
    ...(spec.workloadRef && { workloadRef: true }),
    pauseByHand: async (paused) => void (await clusters.client(sandbox.context).mergePatch(ref, { spec: { paused } })),
  };
}

canaryContract('Argo Rollouts', () => rolloutsFixture({ name: nameOf('canary'), strategy: 'canary', steps: [5, 25] }));
canaryContract('Argo Rollouts, workloadRef', () =>
  rolloutsFixture({ name: nameOf('ref'), strategy: 'canary', steps: [5, 25], workloadRef: true }),
);
blueGreenContract('Argo Rollouts', () => rolloutsFixture({ name: nameOf('blue-green'), strategy: 'blue-green' }));

trafficContract('Traefik', async () => {
  const name = nameOf('weights');
  await freshApplication({ name, strategy: 'blue-green', rps: 5 });
  return {
    traffic: createSplit(clusters, { apis: { urls: sandbox.traefikApiUrls } }),
    ref: { cluster: sandbox.context, namespace: NAMESPACE, name },
    arms: { stable: `${name}-active`, candidate: `${name}-preview` },
  };
});

fenceContract('Argo Rollouts and Traefik', async () => {
  const name = nameOf('fence');
  const { rollouts: workload, target } = await rolloutsFixture({ name, strategy: 'blue-green' });
  return {
    workload,
    split: createSplit(clusters, { apis: { urls: sandbox.traefikApiUrls } }),
    target,
    ref: { cluster: sandbox.context, namespace: NAMESPACE, name },
    arms: { stable: `${name}-active`, candidate: `${name}-preview` },
  };
});

metricsContract('Prometheus', async () => {
  const name = nameOf('metrics');
  await freshApplication({ name, strategy: 'canary', image: 'shop:v1-errors-20', rps: 50 });
  return {
    metrics: createEvidence({ url: sandbox.prometheusUrl }),
    busyService: metricsServiceName(NAMESPACE, `${name}-stable`, '8080'),
    now: Date.now,
  };
});
