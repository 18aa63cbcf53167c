import { expect, test } from '@jest/globals';
import { createClusterObjects } from '../../src/adapters/cluster-objects/index.ts';
import { createHelmReleases } from '../../src/adapters/helm/index.ts';
import type { Clusters } from '../../src/adapters/kubernetes/cluster-client.ts';
import { permissionOf, touchedBy } from '../../src/commands/access.ts';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import type { QueueState } from '../../src/domain/release/queue.ts';
import { queueId, releaseId } from '../../src/domain/release/target.ts';
import { CATALOGUE, TOOLSETS } from '../../src/toolsets/index.ts';
import { aDelivery, DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { aView, createFakeGateway, DEFAULTS, fakeServices, SPEC } from '../support/fake-gateway.ts';
import { FakeHelm } from '../support/fake-helm.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { releaseEntry } from '../support/journal-entries.ts';
import { refOf } from '../support/kubernetes-stage.ts';
import { memoryAudit } from '../support/mcp-server.ts';

/** Two namespaces with a Rollout and a running release each, and a release that only the journal knows. */
async function world(allowedNamespaces: readonly string[]): Promise<CommandContext> {
  const places = ['shop', 'secret'].map((namespace) => ({ cluster: 'prod', namespace, rollout: 'web' }));
  const gateway = createFakeGateway(
    places.map((target) =>
      aView({
        id: releaseId(target),
        runId: `run-${target.namespace}`,
        spec: { ...SPEC, target, image: `${target.namespace}:v2` },
      }),
    ),
  );
  gateway.deliveries.views.set(
    'hidden',
    aDelivery({ input: { ...DELIVERY_INPUT, name: 'hidden', namespace: 'secret' } }),
  );
  gateway.builds.known = [
    { build: 'a', state: 'current', pollers: 1, runs: [releaseId, queueId].flatMap((id) => places.map(id)) },
  ];
  for (const target of places) gateway.queues.states.set(releaseId(target), waitingFor(target));
  const services = fakeServices(gateway);
  const journal = createFakeJournal();
  const old = { cluster: 'prod', namespace: 'secret', rollout: 'old' };
  await journal.append([
    releaseEntry('run-old', 1, { id: releaseId(old), spec: { ...SPEC, target: old, image: 'secret:v9' } }),
  ]);
  const rollout = (target: (typeof places)[number]) => ({
    target,
    images: {},
    steps: [],
    trafficRouting: [],
    strategy: 'canary',
    phase: 'Healthy',
  });
  const listing = { resourceVersion: '1', ageMs: 0, source: 'live' };
  const rolloutFeed = {
    list: ({ namespace }: { namespace?: string }) =>
      Promise.resolve({
        ...listing,
        items: places.filter((place) => namespace === undefined || place.namespace === namespace).map(rollout),
      }),
  };
  const templates = {
    list: ({ namespace }: { namespace?: string }) =>
      Promise.resolve(
        places
          .filter((place) => namespace === undefined || place.namespace === namespace)
          .map((place) => ({ ...place, name: 'errors' })),
      ),
  };
  const clusters = { client: () => podsIn(places) } as unknown as Clusters;
  const clusterObjects = createClusterObjects(clusters);
  const helmReleases = createHelmReleases(clusters);
  return {
    ...services,
    journal,
    ports: {
      ...services.ports,
      rolloutFeed,
      templates,
      clusterObjects,
      helmReleases,
    } as unknown as CommandContext['ports'],
    settings: { ...DEFAULTS, allowedNamespaces },
    caller: { id: 'mcp:test', kind: 'mcp' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}

function waitingFor(target: (typeof SPEC)['target']): QueueState {
  const input = { spec: { ...SPEC, target }, startedBy: 'ada', requestId: 'one' };
  return { waiting: [{ input, caller: { id: 'ada', kind: 'cli' }, addedAt: 1 }], left: [] };
}

/** A pod with its metrics, a Kustomization with an event, and a release of Helm, in each namespace. */
function podsIn(places: readonly { readonly namespace: string }[]): FakeCluster {
  const cluster = new FakeCluster('prod');
  const helm = new FakeHelm(cluster);
  for (const { namespace } of places) {
    helm.put({ namespace, version: 1 });
    for (const plural of ['pods', 'events', 'pods.metrics', 'kustomizations']) {
      cluster.create(refOf(plural, namespace, 'web'), {});
      cluster.update(refOf(plural, namespace, 'web'), (object) =>
        Object.assign(object, { involvedObject: { kind: 'Kustomization', namespace, name: 'web' } }),
      );
    }
  }
  return cluster;
}

/** They describe the cluster itself, and show nothing of any namespace. */
const OF_THE_CLUSTER = ['k8s_contexts', 'k8s_api_resources', 'k8s_explain'];
/** They concern charts and repositories, and no object of a cluster. */
const OF_CHARTS = [
  ...['helm_show', 'helm_template', 'helm_lint', 'helm_search_repo', 'helm_repo_list'],
  ...['helm_repo_add', 'helm_repo_update', 'helm_repo_remove'],
];
/** They touch files and images, and no object of a cluster. */
const OF_FILES = ['notification_list', 'delivery_plan', 'delivery_onboard', 'delivery_render', 'delivery_build'];
/** They concern a target of a cluster, and read nothing there. */
const OF_TARGETS = [
  ...['window_list', 'window_override', 'worker_version_list', 'worker_version_move'],
  ...['list', 'move', 'remove', 'clear', 'resume'].map((verb) => `release_queue_${verb}`),
];
/** Objects outside of every namespace. With an allow list they are refused. */
const OUTSIDE = ['k8s_cordon', 'k8s_uncordon', 'k8s_drain'];
/** Calls without a namespace. */
const WIDE: Readonly<Record<string, object>> = {
  argo_list_rollouts: {},
  delivery_list: {},
  flux_events: {},
  flux_graph: {},
  flux_list: {},
  helm_list: {},
  k8s_events: {},
  k8s_list: { kind: 'pods' },
  k8s_top: {},
  release_list: {},
  release_queue_list: {},
  worker_version_list: {},
};

const call = (command: Command, raw: unknown, context: CommandContext) =>
  execute({ command, raw, context, gate: { allowWrite: true, toolsets: [] }, audit: memoryAudit() });

const inCluster = ({ toolset, name: tool }: Command): boolean =>
  OF_TARGETS.includes(tool) ||
  (![...OF_THE_CLUSTER, ...OF_CHARTS, ...OF_FILES].includes(tool) &&
    TOOLSETS.some(({ name, rights }) => name === toolset && rights.length > 0));
const examples = CATALOGUE.flatMap((command) => command.examples.map(({ input }) => [command, input] as const));

test('every call of the catalogue touches objects of one namespace, or belongs to a command that narrows itself', async () => {
  const context = await world([]);
  const wide = new Set<string>();
  for (const [command, input] of [...examples, ...CATALOGUE.map((one) => [one, WIDE[one.name] ?? {}] as const)]) {
    const checked = attempt(() => command.check(input, DEFAULTS));
    if (!checked) continue;
    const touched = await touchedBy(command, context, checked);
    // A toolset without rights in a cluster touches nothing there.
    expect(touched.length > 0).toBe(inCluster(command));
    const isWide = touched.some(({ namespace }) => namespace === undefined);
    if (isWide && !OUTSIDE.includes(command.name)) wide.add(command.name);
  }
  // Each of them is in the next test.
  expect([...wide].toSorted()).toEqual(Object.keys(WIDE));
});

test.each(Object.entries(WIDE))('%s shows nothing of a namespace that is not allowed', async (name, input) => {
  const command = CATALOGUE.find((known) => known.name === name) as Command;

  const all = await call(command, input, await world([]));
  const narrowed = await call(command, input, await world(['shop']));

  expect([JSON.stringify(all), command.text(all)]).toEqual([
    expect.stringContaining('secret'),
    expect.stringContaining('secret'),
  ]);
  expect(JSON.stringify(narrowed)).toContain('shop');
  expect([JSON.stringify(narrowed), command.text(narrowed)].join()).not.toContain('secret');
  await expect(call(command, { ...input, namespace: 'secret' }, await world(['shop']))).rejects.toMatchObject({
    code: 'NAMESPACE_NOT_ALLOWED',
  });
});

test.each(
  examples
    .filter(([command]) => inCluster(command) && !Object.hasOwn(WIDE, command.name))
    .map(([command, input]) => [command.name, command, input] as const),
)('%s is refused outside the allow list before it does anything', async (_, command, input) => {
  await expect(call(command, input, await world(['elsewhere']))).rejects.toMatchObject({
    code: 'NAMESPACE_NOT_ALLOWED',
  });
});

const resources = TOOLSETS.flatMap((toolset) => toolset.resources.map((kind) => [kind.scheme, kind] as const));

test.each(resources)(
  'the list and the completions of %s show nothing of a namespace that is not allowed',
  async (_, kind) => {
    const context = await world(['shop']);
    const given = { cluster: 'prod' };
    const values = await Promise.all(kind.variables.map((variable) => kind.complete(context, variable, given)));
    expect(JSON.stringify([await kind.list(context), values])).not.toContain('secret');
  },
);

const completed = TOOLSETS.flatMap((toolset) =>
  toolset.prompts.flatMap((prompt) =>
    prompt.arguments.flatMap((argument) => (argument.complete ? [[prompt.name, argument] as const] : [])),
  ),
);

test.each(completed)(
  'the completions of the prompt %s show nothing of a namespace that is not allowed',
  async (_, argument) => {
    const shown = await argument.complete?.(await world(['shop']), { cluster: 'prod' });
    expect(JSON.stringify(shown)).not.toContain('secret');
  },
);

test('what a caller must be allowed to do', () => {
  const needs = Object.fromEntries(CATALOGUE.map((command) => [command.name, permissionOf(command)]));
  const named = (permission: string) => Object.keys(needs).filter((name) => needs[name] === permission);

  expect(named('approve').toSorted()).toEqual([
    'argo_skip_analysis_promote',
    'release_approve',
    'release_reject',
    'release_skip_analysis',
    'window_override',
  ]);
  expect(named('read')).toEqual(CATALOGUE.filter(({ kind }) => kind === 'read').map(({ name }) => name));
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
