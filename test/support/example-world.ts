import type { WorkerBuild } from '../../src/domain/worker-build.ts';
import { trueView } from '../../src/domain/release/run-facts.ts';
import type { Clusters } from '../../src/adapters/kubernetes/cluster-client.ts';
import {
  DEPLOYMENT,
  ENDPOINT_SLICE,
  INGRESS_ROUTE,
  POD,
  REPLICA_SET,
  ROLLOUT,
  SERVICE,
  TRAEFIK_SERVICE,
  type Kind,
  type ObjectRef,
} from '../../src/adapters/kubernetes/kinds.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import type { QueueState } from '../../src/domain/release/queue.ts';
import { aView, AT, createFakeGateway, PLAN, SPEC } from './fake-gateway.ts';
import { register } from '../../src/domain/servers/actions.ts';
import { emptyServer, type RegisteredServer } from '../../src/domain/servers/server.ts';
import { FakeHelm } from './fake-helm.ts';
import type { HelmPort } from '../../src/ports/helm.ts';
import { addPlainApplication } from './conversion-stage.ts';
import { addPipeline, playFlux } from './fake-flux.ts';
import { createObjects, PORT } from './fake-objects.ts';
import { refOf } from './kubernetes-stage.ts';
import { createFakeServers } from './fake-servers.ts';
import { worldServices } from './fake-tools.ts';
import { createFakeWorld, type FakeWorld } from './fake-world.ts';
import { recorded, type Request } from './recorded-requests.ts';

const NAMESPACE = 'shop';
const OLD = 'registry.example/web:v1';
const NEW = 'registry.example/web:v2';

/** The environment of a tool: the objects that its examples name, in the state that the example needs. */
export interface ExampleWorld {
  readonly context: CommandContext;
  /** The tool's requests to the API server. */
  readonly requests: readonly Request[];
  stop(): void;
}

/**
 * The world of the catalogue's examples: canaries `shop/web` and `shop/api` with their routes, and a release of
 * `shop/web` in Temporal.
 */
export async function exampleWorld(tool: string, title: string): Promise<ExampleWorld> {
  const moment = MOMENTS[`${tool}: ${title}`] ?? MOMENTS[tool] ?? {};
  const world = createFakeWorld({
    target: { cluster: 'prod', namespace: NAMESPACE, rollout: moment.rollout ?? 'web' },
    image: OLD,
  });
  createObjects(world.cluster, {
    target: { ...world.target, rollout: 'api' },
    arms: { stable: 'api-stable', candidate: 'api-canary' },
    image: OLD,
    options: {},
  });
  for (const host of ['web', 'api']) createIngressRoute(world, host);
  for (const service of ['web-stable', 'web-canary', 'api-stable', 'api-canary']) createReadyPods(world, service);
  world.traefik.follow(world.cluster, NAMESPACE, 'api', true);
  await moment.prepare?.(world);
  return atWork(world, moment, exampleHelm(world, tool === 'helm_unlock'));
}

function atWork(
  world: FakeWorld,
  { releases = [aView()], servers = exampleServers() }: Moment,
  helm: HelmPort,
): ExampleWorld {
  const requests: Request[] = [];
  const client = recorded(world.cluster, requests);
  const clusters: Clusters = { ...world.clusters, client: (name) => (world.clusters.client(name), client) };
  const gateway = createFakeGateway(releases);
  gateway.builds.known = exampleBuilds;
  gateway.queues.states.set('release/prod/shop/web', exampleQueue);
  const services = worldServices(
    { target: world.target, metrics: world.metrics, now: () => world.now(), clusters },
    gateway,
    helm,
  );
  const context: CommandContext = {
    ...services,
    servers: createFakeServers(...servers),
    caller: { id: 'test', kind: 'cli' },
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  return { context, requests, stop: () => world.stop() };
}

/** A release that waits. */
const exampleQueue: QueueState = {
  waiting: [
    {
      input: { spec: { ...SPEC, image: 'shop:v3', whenBusy: 'queue' }, startedBy: 'cli:ada', requestId: 'ci-4711' },
      ...{ caller: { id: 'cli:ada', kind: 'cli' }, addedAt: AT },
    },
  ],
  left: [],
};

/** Workers of two versions. The older one carries the release still. */
const exampleBuilds: readonly WorkerBuild[] = [
  { build: '1.5.0-0a1b2c3d4e', state: 'current', pollers: 2, runs: [], since: AT },
  { build: '1.4.0-0a1b2c3d4e', state: 'draining', pollers: 1, runs: ['release/prod/shop/web'], since: AT - 1 },
];

/** The release site of Helm, with a test. */
function exampleHelm({ cluster }: FakeWorld, held: boolean): HelmPort {
  const helm = new FakeHelm(cluster);
  helm.hooks = [
    {
      name: 'site-test',
      kind: 'Pod',
      events: ['test'],
      manifest: 'apiVersion: v1\nkind: Pod\nmetadata: {name: site-test}\n',
    },
  ];
  helm.put({ name: 'site', version: 1, config: { tag: 'v0' } }, 'superseded');
  helm.put({ name: 'site', version: 2 });
  if (held) helm.put({ name: 'site', version: 3 }, 'pending-upgrade');
  return helm.port();
}

interface Moment {
  /** The Rollout that a controller reconciles. Default: web. */
  readonly rollout?: string;
  readonly releases?: Parameters<typeof createFakeGateway>[0];
  /** MCP servers. Default: demo, with 1.0.0 as blue, and 2.0.0 and 3.0.0 as green. */
  readonly servers?: readonly RegisteredServer[];
  readonly prepare?: (world: FakeWorld) => void | Promise<void>;
}

/** The preparation of each example. */
const MOMENTS: Readonly<Record<string, Moment>> = {
  mcp_server_deploy: { servers: [] },
  release_plan: { releases: [] },
  release_start: { releases: [] },
  // The tool returns a release that has ended at once.
  release_wait: { releases: [aView({ state: 'succeeded', reason: 'stable', closedAt: AT + 9 })] },
  release_recover: {
    releases: [trueView(aView(), { status: 'ended', how: 'TERMINATED', endedAt: AT + 9 })],
  },
  release_rollback: {
    releases: [aView({ state: 'succeeded', closedAt: AT + 9, plan: { ...PLAN, fromImage: 'shop:v0', toImage: OLD } })],
  },
  'k8s_logs: One pod': { prepare: withAPod },
  k8s_get: { prepare: withADeployment },
  k8s_diagnose: { prepare: withADeployment },
  k8s_plan: { prepare: withADeployment },
  k8s_patch: { prepare: withADeployment },
  k8s_set_image: { prepare: withADeployment },
  k8s_scale: { prepare: withADeployment },
  k8s_rollout_status: { prepare: withADeployment },
  k8s_rollout_history: { prepare: withADeployment },
  k8s_rollout_restart: { prepare: withADeployment },
  k8s_rollout_undo: { prepare: withADeployment },
  k8s_label: { prepare: withADeployment },
  k8s_annotate: { prepare: withADeployment },
  k8s_delete: { prepare: withADeployment },
  k8s_cordon: { prepare: withANode },
  k8s_uncordon: { prepare: withANode },
  k8s_drain: { prepare: withADrainedNode },
  flux_diagnose: { prepare: withFlux },
  flux_get: { prepare: withFlux },
  flux_list: { prepare: withFlux },
  flux_events: { prepare: withFlux },
  flux_graph: { prepare: withFlux },
  flux_logs: { prepare: withAFluxController },
  flux_trace: { prepare: withFlux },
  flux_plan: { prepare: withFlux },
  flux_reconcile: { prepare: withFlux },
  flux_suspend: { prepare: withFlux },
  flux_resume: { prepare: withASuspension },
  convert_plan: { rollout: 'other', prepare: withAPlainDeployment },
  delivery_deploy_plan: { prepare: (world) => world.cluster.delete(ref(ROLLOUT, 'web')) },
  delivery_deploy: { prepare: (world) => world.cluster.delete(ref(ROLLOUT, 'web')) },
  argo_create_rollout: { prepare: (world) => world.cluster.delete(ref(ROLLOUT, 'web')) },
  // The fake controller does not support workloadRef, so no controller reconciles this one.
  'argo_create_rollout: A blue-green Rollout over an existing Deployment': {
    rollout: 'other',
    prepare: (world) =>
      create(world, DEPLOYMENT, 'web', {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: OLD }] } },
      }),
  },
  argo_promote_rollout: { prepare: waitingAtTheFirstPause },
  argo_abort_rollout: { prepare: waitingAtTheFirstPause },
  argo_skip_analysis_promote: { prepare: heldByAnAnalysis },
  argo_resume_rollout: { prepare: (world) => world.pauseByHand(true) },
  // Argo writes the weights of a canary with traffic routing. The tool is for routes without another writer.
  traefik_update_route_weights: { prepare: (world) => world.cluster.delete(ref(ROLLOUT, 'web')) },
};

/** With the ReplicaSet of revision 1, which had another image. */
function withADeployment(world: FakeWorld): void {
  const template = (image: string) => ({ spec: { containers: [{ name: 'app', image }] } });
  create(world, DEPLOYMENT, 'shop', { replicas: 2, template: template(OLD) });
  const { uid } = world.cluster.peek(ref(DEPLOYMENT, 'shop')).metadata;
  world.cluster.create(ref(REPLICA_SET, 'shop-1'), {
    spec: { template: template('registry.example/web:v0') },
    owner: uid,
  });
  world.cluster.update(ref(REPLICA_SET, 'shop-1'), ({ metadata }) => {
    metadata.annotations = { 'deployment.kubernetes.io/revision': '1' };
  });
}

function withAPlainDeployment({ cluster }: FakeWorld): void {
  for (const kind of [ROLLOUT, TRAEFIK_SERVICE, INGRESS_ROUTE]) cluster.delete(ref(kind, 'web'));
  for (const name of ['web-stable', 'web-canary']) cluster.delete(ref(SERVICE, name));
  addPlainApplication(cluster);
}

function withFlux(world: FakeWorld): void {
  withADeployment(world);
  addPipeline(world.cluster, NAMESPACE);
  const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': NAMESPACE };
  world.cluster.update(ref(DEPLOYMENT, 'shop'), ({ metadata }) => void Object.assign(metadata, { labels }));
  playFlux(world.cluster);
}

function withASuspension(world: FakeWorld): void {
  withFlux(world);
  world.cluster.update(refOf('kustomizations', NAMESPACE, 'apps'), ({ spec }) => void (spec['suspend'] = true));
}

function withAFluxController(world: FakeWorld): void {
  const pod = ref(POD, 'kustomize-controller-1');
  world.cluster.create(pod, { spec: { containers: [{ name: 'manager' }] }, labels: { app: 'kustomize-controller' } });
  world.cluster.logs.set('kustomize-controller-1/manager', '{"level":"info","name":"apps"}\n');
}

function withADrainedNode(world: FakeWorld): void {
  withANode(world);
  const { uid } = world.cluster.peek(ref(ROLLOUT, 'web')).metadata;
  world.cluster.create(ref(POD, 'web-1'), { spec: { nodeName: 'worker-1' }, owner: uid });
}

function withANode(world: FakeWorld): void {
  const kind: Kind = { name: 'Node', group: '', version: 'v1', plural: 'nodes', missing: 'OBJECT_NOT_FOUND' };
  world.cluster.create({ kind, name: 'worker-1' }, { spec: { unschedulable: true } });
}

function withAPod(world: FakeWorld): void {
  create(world, POD, 'web-1', { containers: [{ name: 'app' }] });
  world.cluster.logs.set('web-1/app', 'ready\n');
}

function exampleServers(): readonly RegisteredServer[] {
  const by = { at: AT, who: 'cli:ada' };
  const upstream = { transport: 'stdio', command: 'node', args: ['server.js'], env: {} } as const;
  const versions = ['1.0.0', '2.0.0', '3.0.0'];
  const registered = (server: RegisteredServer, version: string, index: number) =>
    register(server, { version, upstream, blue: index === 0 }, by);
  return [versions.reduce(registered, emptyServer('demo', 'project'))];
}

async function waitingAtTheFirstPause(world: FakeWorld): Promise<void> {
  world.foreignImage(NEW);
  await world.until(({ paused, stepIndex }) => paused && stepIndex === 1);
}

async function heldByAnAnalysis(world: FakeWorld): Promise<void> {
  await waitingAtTheFirstPause(world);
  world.cluster.update(ref(ROLLOUT, 'web'), ({ spec, status }) => {
    (spec as { strategy: { canary: { steps: object[] } } }).strategy.canary.steps[1] = {
      analysis: { templates: [{ templateName: 'success-ratio' }] },
    };
    status['pauseConditions'] = [{ reason: 'InconclusiveAnalysisRun', startTime: new Date().toISOString() }];
    status['canary'] = {
      ...(status['canary'] as object),
      currentStepAnalysisRunStatus: { name: 'web-2-1', status: 'Inconclusive' },
    };
  });
  // Gives the controller time to observe the new steps.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

function createIngressRoute(world: FakeWorld, name: string): void {
  create(world, INGRESS_ROUTE, name, {
    entryPoints: ['web'],
    routes: [{ kind: 'Rule', match: `Host(\`${name}.example.com\`)`, services: [{ kind: 'TraefikService', name }] }],
  });
}

function createReadyPods(world: FakeWorld, service: string): void {
  const slice = ref(ENDPOINT_SLICE, `${service}-1`);
  world.cluster.create(slice, { labels: { 'kubernetes.io/service-name': service } });
  world.cluster.update(
    slice,
    (object) => void Object.assign(object, { endpoints: [{ conditions: { ready: true } }], ports: [{ port: PORT }] }),
  );
}

function create(world: FakeWorld, kind: Kind, name: string, spec: object): void {
  world.cluster.create(ref(kind, name), { spec });
}

function ref(kind: Kind, name: string): ObjectRef {
  return { kind, namespace: NAMESPACE, name };
}
