import type { CommandServices, CommandSettings } from '../../src/commands/command.ts';
import type { Command, CommandOutcome } from '../../src/domain/release/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Preflight, Recover, ReleaseSpec } from '../../src/domain/release/plan.ts';
import { followOrEnd, releaseId } from '../../src/domain/release/target.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import type { ToolPorts } from '../../src/ports/index.ts';
import type { World } from '../../src/ports/world.ts';
import type { KnownGuard, Ownership, ReleaseGateway, StartedRelease } from '../../src/temporal/gateway.ts';
import type { ReleaseInput } from '../../workflows/messages.ts';
import { aDelivery, createFakeDeliveries, type FakeDeliveries } from './fake-deliveries.ts';
import { createFakeBuilds, type FakeBuilds } from './fake-builds.ts';
import { createFakeQueues, type FakeQueues } from './fake-queues.ts';
import { createFakeSchedules, type FakeSchedules } from './fake-schedules.ts';
import { fakeSystems } from './fake-systems.ts';
import { FakeMetrics } from './fake-metrics.ts';

export const AT = Date.parse('2026-11-01T10:00:00Z');

export const SPEC: ReleaseSpec = {
  target: { cluster: 'prod', namespace: 'shop', rollout: 'web' },
  image: 'shop:v2',
  strategy: 'canary',
  analysis: { soakMs: 60_000, minRequests: 50, minSuccessRatio: 0.99, holdMs: 600_000 },
  approval: false,
  manualPromotion: true,
  autoRollback: true,
  restoreTemplate: true,
  guardMs: 1_800_000,
  timeouts: { stepMs: 600_000, approvalMs: 86_400_000, decisionMs: 86_400_000, rollbackMs: 900_000 },
};

export const PLAN: NonNullable<Preflight['plan']> = {
  container: 'app',
  fromImage: 'shop:v1',
  toImage: 'shop:v2',
  stableHash: 'aaa',
  steps: [
    { weight: 10, pauseIndex: 1 },
    { weight: 50, pauseIndex: 3 },
  ],
  stable: { service: 'web-stable', metricsService: 'shop-web-stable-80@kubernetescrd' },
  candidate: { service: 'web-canary', metricsService: 'shop-web-canary-80@kubernetescrd' },
  traefikService: 'web',
  settleMs: 35_000,
};

export function aView(changes: Partial<ReleaseView> = {}): ReleaseView {
  return {
    id: releaseId(SPEC.target),
    runId: '11111111-2222-3333-4444-555555555555',
    spec: SPEC,
    startedBy: 'cli:ada',
    startedAt: AT,
    state: 'soaking',
    reason: 'weight 10 for 60 s',
    stepIndex: 0,
    plan: PLAN,
    weightWanted: 10,
    commands: [],
    events: [{ at: AT, state: 'soaking', text: 'weight 10 for 60 s' }],
    ...changes,
  };
}

export interface FakeGateway extends ReleaseGateway {
  readonly views: Map<string, ReleaseView>;
  readonly started: ReleaseInput[];
  readonly sent: { id: string; command: Command }[];
  /** While it is set, every call throws it. */
  failure: Error | undefined;
  /** Number of polling workers. */
  pollers: number;
  /** By release id. */
  readonly guards: Map<string, KnownGuard>;
  readonly schedules: FakeSchedules;
  readonly deliveries: FakeDeliveries;
  readonly builds: FakeBuilds;
  readonly queues: FakeQueues;
  /** While it is set, `owns` returns it, whatever `views` contains. */
  ownership: Ownership | undefined;
  /** The result of the next commands. */
  outcome: Pick<CommandOutcome, 'outcome' | 'detail'>;
}

function ended(view: ReleaseView, { plan, reason }: Recover): ReleaseView {
  const proof = { wanted: 0, effective: 'proved', reason: 'all replicas serve 0', replicas: [], at: AT } as const;
  return { ...view, plan, proof, state: 'rolled-back', reason, weightWanted: 0, closedAt: AT + 9 };
}

/** A gateway without Temporal. Its releases are those that a test puts into `views`. */
export function createFakeGateway(views: readonly ReleaseView[] = []): FakeGateway {
  const answer = async <T>(work: () => T): Promise<T> => {
    if (fake.failure) throw fake.failure;
    return work();
  };
  const find = (id: string, runId?: string): ReleaseView => {
    const view = fake.views.get(id);
    if (!view || (runId !== undefined && view.runId !== runId))
      throw new SluiceError('RELEASE_NOT_FOUND', `There is no release ${id}.`);
    return view;
  };
  const admit = (id: string, requestId: string): StartedRelease | undefined => {
    const earlier = fake.started.find((input) => releaseId(input.spec.target) === id && input.requestId === requestId);
    if (earlier) return { id, runId: 'run-1', started: false };
    if (fake.views.get(id)?.closedAt === undefined && fake.views.has(id))
      throw new SluiceError('TARGET_BUSY', `The target already has a running release: ${id}.`, {
        next: followOrEnd(id),
        details: { release_id: id, run_id: fake.views.get(id)?.runId },
      });
    return undefined;
  };
  const start = (input: ReleaseInput): StartedRelease => {
    const id = releaseId(input.spec.target);
    fake.started.push(input);
    const view = aView({ id, runId: 'run-1', spec: input.spec, startedBy: input.startedBy });
    // A rollback is over at once.
    fake.views.set(id, input.rollback && input.recover ? ended(view, input.recover) : view);
    return { id, runId: 'run-1', started: true };
  };
  const fake: FakeGateway = {
    views: new Map(views.map((view) => [view.id, view])),
    started: [],
    sent: [],
    failure: undefined,
    pollers: 1,
    guards: new Map(),
    schedules: createFakeSchedules(),
    deliveries: createFakeDeliveries(aDelivery()),
    builds: createFakeBuilds(),
    queues: createFakeQueues((id) => {
      const view = fake.views.get(id);
      return view && { runId: view.runId, open: view.closedAt === undefined, state: view.state };
    }),
    ownership: undefined,
    outcome: { outcome: 'applied', detail: 'done' },
    probe: () =>
      answer(() => ({
        address: 'fake',
        namespace: 'default',
        taskQueue: 'sluice',
        pollers: fake.pollers,
        workers: [],
      })),
    admit: (id, requestId) => answer(() => admit(id, requestId)),
    start: (input) => answer(() => admit(releaseId(input.spec.target), input.requestId) ?? start(input)),
    command: (id, command) =>
      answer(() => {
        find(id);
        const duplicate = fake.sent.some((sent) => sent.command.requestId === command.requestId);
        fake.sent.push({ id, command });
        return { requestId: command.requestId, command: command.name, duplicate, ...fake.outcome };
      }),
    guard: (id) => answer(() => fake.guards.get(id)),
    get: (id, runId) => answer(() => find(id, runId)),
    list: ({ state, open, namespace, limit }) =>
      answer(() =>
        [...fake.views.values()]
          .filter((view) => state === undefined || view.state === state)
          .filter((view) => !open || view.closedAt === undefined)
          .filter((view) => namespace === undefined || view.spec.target.namespace === namespace)
          .slice(0, limit)
          .map((view) => ({
            id: view.id,
            runId: view.runId,
            state: view.state,
            strategy: view.spec.strategy,
            version: view.spec.image,
            startedBy: view.startedBy,
            startedAt: view.startedAt,
            ...(view.closedAt === undefined ? {} : { closedAt: view.closedAt }),
          })),
      ),
    owns: ({ releaseId: id }) =>
      answer(() => {
        const view = fake.views.get(id);
        if (fake.ownership) return fake.ownership;
        if (!view) return 'unknown';
        return view.closedAt === undefined ? 'open' : 'ended';
      }),
    close: () => Promise.resolve(),
  };
  return fake;
}

export const DEFAULTS: CommandSettings = {
  defaultStrategy: 'canary',
  requireManualPromotion: true,
  autoRollback: true,
  weightStep: undefined,
  allowedNamespaces: [],
  host: '127.0.0.1',
  mcpPort: 8765,
};

export const READY: Preflight = { checks: [{ name: 'rollout', ok: true, detail: 'Healthy' }], plan: PLAN };

/** Before AT the stable version had 40 requests a second for an hour. */
function busyMetrics(): FakeMetrics {
  const metrics = new FakeMetrics(15_000);
  const flow = { instance: 'traefik-1', requestsPerSecond: 40, errorShare: 0, latencyMs: 20 };
  metrics.record(AT, [{ ...flow, service: PLAN.stable.metricsService }]);
  return metrics;
}

/** Services for commands whose cluster is unreachable: every read of it fails, but Prometheus answers. */
export function fakeServices(gateway: ReleaseGateway, preflight: Preflight = READY): CommandServices {
  const away = (): Promise<never> =>
    Promise.reject(new SluiceError('CLUSTER_UNREACHABLE', 'The cluster prod does not answer.'));
  const port = { read: away, inForce: away, versions: away };
  return {
    gateway,
    ports: { workload: port, split: port, rolloutObjects: port, evidence: {}, now: () => AT } as unknown as ToolPorts,
    worlds: {
      of: async (context) => {
        const cluster = { context, uid: 'uid-of-kube-system' };
        const workload = { read: () => Promise.resolve({}) };
        return { cluster, workload, evidence: busyMetrics(), now: () => AT } as unknown as World;
      },
    },
    ...fakeSystems(),
    preflight: () => Promise.resolve(preflight),
    clusters: {
      current: () => Promise.resolve('prod'),
      all: () => Promise.resolve(['prod']),
      same: (name) => Promise.resolve([name]),
    },
    settings: DEFAULTS,
  };
}
