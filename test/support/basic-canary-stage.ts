import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { INGRESS_ROUTE, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import type { RolloutState } from '../../src/domain/rollout.ts';
import { createWorkload } from '../../src/targets/argo-rollout/workload.ts';
import { Cluster } from './releases-cluster.ts';
import { openLane, type Lane } from './releases-lane.ts';
import { NAMESPACE, Stage } from './releases-stage.ts';
import { sharedSandbox } from './sandbox.ts';

const BEFORE = 'shop:v1';
const PORT = 8080;
/** Pods of the Rollout. */
export const REPLICAS = 4;

const answers = (more = '') =>
  `sum(rate(client_requests_total{namespace="{{args.namespace}}", pod=~"{{args.rollout}}-{{args.hash}}-.*"${more}}[5s]))`;

/** The user's own metric, by the names of the pods. */
const METRICS = [
  {
    name: 'failed-answers',
    kind: 'pair',
    query: `(${answers(', code=~"5.."')} or vector(0)) / (${answers()} > 0)`,
    max_increase: 0.1,
    interval: '2s',
  },
];
/** Fields of the usual release file that need counts are left out. */
const WITHOUT_COUNTS = { judge: undefined, min_requests: undefined, success_ratio: undefined, p95_ms: undefined };

/** The part `analysis` of a release that the user's metric alone judges. */
export const BY_METRIC = { ...WITHOUT_COUNTS, soak: '6s', metrics: METRICS, hold: '60s' };

/** An application under load whose traffic is divided by the number of pods: its canary has no router. */
export interface BasicCanary {
  readonly lane: Lane;
  readonly stage: Stage;
  readonly read: () => Promise<RolloutState>;
  readonly stop: () => Promise<void>;
}

export async function openBasicCanary(name: string, steps: readonly object[]): Promise<BasicCanary> {
  const sandbox = await sharedSandbox();
  const lane = await openLane(sandbox, { name });
  await applyApplication(sandbox, { name, namespace: NAMESPACE, strategy: 'canary', image: BEFORE, rps: 60 });
  const stage = new Stage(sandbox, lane, new Cluster(sandbox), name, 'canary');
  const clusters = createClusters({ kubeconfig: sandbox.kubeconfig });
  const client = clusters.client(sandbox.context);
  const at = { namespace: NAMESPACE, name };
  // One Service for the pods of both versions, which Argo leaves alone.
  const match = `Host(\`${name}.${NAMESPACE}.local\`)`;
  const route = { kind: 'Rule', match, services: [{ name: `${name}-stable`, port: PORT }] };
  const none = { trafficRouting: null, stableService: null, canaryService: null, abortScaleDownDelaySeconds: null };
  const spec = { replicas: REPLICAS, strategy: { canary: { ...none, steps } } };
  await client.mergePatch({ kind: ROLLOUT, ...at }, { spec });
  await client.jsonPatch({ kind: INGRESS_ROUTE, ...at }, [{ op: 'replace', path: '/spec/routes', value: [route] }]);
  await stage.cluster.untilHealthy(stage.target, BEFORE);
  return {
    ...{ lane, stage },
    read: () => createWorkload(clusters).read(stage.target),
    stop: async () => {
      await lane.stop();
      await removeApplication(sandbox, name, NAMESPACE);
    },
  };
}
