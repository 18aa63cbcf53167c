import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import { addToLoad } from '../../sandbox/load/client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { createJournal } from '../../src/adapters/journal/index.ts';
import { CLOSED_STATES, type ReleaseState } from '../../src/domain/release/state.ts';
import { promtoolProgram, outOf, LEAST } from '../support/deploy-chart.ts';
import { dashboardQueries } from '../support/deploy-dashboard.ts';
import { CONTEXT, Installation, namespaceObject } from '../support/deploy-installation.ts';
import { pagesOf, startComponent, type Page } from '../support/deploy-processes.ts';
import { beyond, grantedBy, rightsOf } from '../support/deploy-rights.ts';
import { Door } from '../support/door.ts';
import { helmProgram } from '../support/helm-program.ts';
import { isPassing, ToolError } from '../support/mcp-client.ts';
import { startPrometheus, type OwnPrometheus } from '../support/own-prometheus.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import type { Supervised } from '../support/releases-process.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Processes start, and releases wait for traffic.
jest.setTimeout(240_000);

const RUN = Date.now().toString(36).slice(-5);
const RELEASE = `sluice-${RUN}`;
const APPS = `deploy-${RUN}`;

let installation: Installation;
let postgres: TestPostgres;
let journal: string;
let temporal: Door;
let cluster: Door;
let token: string;
const processes: Supervised[] = [];
let worker: (path: string) => Promise<Page>;
let server: (path: string) => Promise<Page>;
let prometheus: OwnPrometheus | undefined;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  [installation, postgres] = await Promise.all([
    Installation.open(sandbox, await helmProgram(), `${RELEASE}-system`),
    startPostgres(),
  ]);
  journal = await postgres.database();
  [temporal, cluster] = [new Door(portIn(`http://${sandbox.temporalAddress}`)), new Door(portIn(sandbox.apiServer))];
  await Promise.all([temporal.open(), cluster.open()]);
  await outOf(installation.kubectl(['apply', '-f', '-'], JSON.stringify(namespaceObject(APPS))));
  await installation.install(RELEASE, values(), journal);
  token = installation.key();
}, 900_000);

afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await prometheus?.stop();
  await Promise.all([temporal, cluster].map((door) => door.close()));
  const { sandbox } = installation;
  await Promise.all(['web', 'api'].map((app) => removeApplication(sandbox, app, APPS)));
  await installation.kubectl(['delete', 'namespace', APPS, '--wait=false']);
  await installation.close(RELEASE);
  await postgres.stop();
}, 120_000);

function values(): object {
  const { prometheusUrl, traefikApiUrls } = installation.sandbox;
  return {
    ...LEAST,
    temporal: { address: temporal.address, namespace: 'default' },
    rbac: { namespaces: [APPS] },
    settings: {
      ...{ MCP_ALLOW_WRITE: true, SLUICE_TASK_QUEUE: RELEASE },
      ...{ SLUICE_PROMETHEUS_URL: prometheusUrl, SLUICE_TRAEFIK_API_URLS: traefikApiUrls.join(',') },
    },
  };
}

const portIn = (url: string): number => Number(new URL(url).port);
const account = (component: string): string => `${RELEASE}-${component}`;
const ready = async (page: typeof worker) => ((await page('/readyz')).status === 200 ? true : undefined);
const checks = async (page: typeof worker): Promise<unknown> => JSON.parse((await page('/readyz')).text);

async function call<T>(tool: string, input: object): Promise<T> {
  const [, port] = /"rest":"http:\/\/[^:]+:(\d+)/.exec(processes[1]?.output() ?? '') ?? [];
  const response = await fetch(`http://127.0.0.1:${port}/engine/v1/tools/${tool}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const { result, error } = (await response.json()) as { result?: T; error?: object };
  if (!result) throw new ToolError(tool, error as { code: string; message: string });
  return result;
}

describe('in a namespace that takes restricted pods only', () => {
  test('all pods run', async () => {
    const pods = await eventually('four pods run', async () => {
      const found = await installation.list<{ status: { phase: string } }>('pods');
      return found.length === 4 && found.every(({ status }) => status.phase === 'Running') ? found : undefined;
    });

    expect(pods).toHaveLength(4);
  });

  test.each(['worker', 'server'])('each restriction of the pod of the %s is needed', async (component) => {
    const { spec: { template } = {} } = await installation.get('deployment', account(component));
    const [container, ...others] = template?.spec.containers ?? [];
    const create = async (spec: object) => {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `try-${component}` }, spec };
      const args = ['create', '--dry-run=server', '-n', installation.namespace, '-f', '-'];
      return (await installation.kubectl(args, JSON.stringify(pod))).err;
    };
    const spec = template?.spec as object;
    const { securityContext: ofPod } = template?.spec as { securityContext: Record<string, unknown> };
    const { securityContext: own } = container as { securityContext: Record<string, unknown> };
    const without = (name: string) => Object.fromEntries(Object.entries(own).filter(([key]) => key !== name));
    const weaker = [
      ...['runAsNonRoot', 'seccompProfile'].map((name) => ({
        ...spec,
        securityContext: { ...ofPod, [name]: undefined },
      })),
      ...['allowPrivilegeEscalation', 'capabilities'].map((name) => ({
        ...spec,
        containers: [{ ...container, securityContext: without(name) }, ...others],
      })),
    ];

    expect(await create(spec)).toBe('');
    for (const one of weaker) expect(await create(one)).toMatch(/violates PodSecurity "restricted:latest"/);
  });
});

describe('worker and server run as their service accounts', () => {
  test('before Temporal answers they live and are not ready', async () => {
    await temporal.close();
    for (const component of ['worker', 'server'] as const) {
      const kubeconfig = await installation.kubeconfigOf(account(component), cluster.address);
      processes.push(await startComponent(installation, RELEASE, component, { kubeconfig }));
    }
    [worker, server] = await Promise.all([pagesOf(processes[0]!), pagesOf(processes[1]!)]);

    expect(await Promise.all([worker('/healthz'), server('/healthz')])).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);
    await eventually('the server listens', () => processes[1]?.output().includes('"rest":') || undefined);
    expect(await checks(worker)).toEqual({
      status: 'not ready',
      checks: { temporal: 'TEMPORAL_UNREACHABLE', cluster: 'ok', worker: 'NO_ANSWER' },
    });
    expect(await checks(server)).toEqual({
      status: 'not ready',
      checks: { temporal: 'TEMPORAL_UNREACHABLE', cluster: 'ok', http: 'ok' },
    });

    await temporal.open();
    await eventually('both are ready', async () => ((await ready(worker)) && (await ready(server))) || undefined, {
      timeoutMs: 60_000,
      now: () => processes.map((one) => one.output().slice(-400)),
    });
    expect(processes.map(({ ends }) => ends)).toEqual([[], []]);
  });

  test('they take a canary and a blue-green release to their ends', async () => {
    const { sandbox } = installation;
    prometheus = await startPrometheus(
      await Promise.all(processes.map(async (one) => `127.0.0.1:${(await one.ready())[1]}`)),
    );
    const applications = { web: 'canary', api: 'blue-green' } as const;
    const ends = await Promise.all(
      Object.entries(applications).map(async ([name, strategy]) => {
        await applyApplication(sandbox, { name, namespace: APPS, strategy, steps: [50], replicas: 1 });
        await addToLoad(sandbox, name, APPS, { rps: 20 });
        const { release_id } = await call<{ release_id: string }>('release_start', releaseOf(name, strategy));
        return eventually(`the release of ${name} has ended`, async () => endOf(release_id), {
          timeoutMs: 90_000,
          everyMs: 500,
        });
      }),
    );

    expect(ends).toEqual([
      ['succeeded', expect.any(String)],
      ['succeeded', expect.any(String)],
    ]);
    expect(processes.map((one) => /forbidden|FORBIDDEN/.exec(one.output())?.[0])).toEqual([undefined, undefined]);
    const port = createJournal({ journal, home: installation.folder });
    const recorded = await port.releases({ namespace: APPS, limit: 10 });
    await port.close();
    expect(recorded.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  });

  test('and not beyond the namespaces of their rights', async () => {
    const started = call('release_start', { ...releaseOf('shop', 'canary'), target: target('shop', 'shop') });

    await expect(started).rejects.toThrow('NAMESPACE_NOT_ALLOWED');
  });

  test('their figures have the form of Prometheus, and each query of the dashboard finds some', async () => {
    const promtool = await promtoolProgram();
    const [ofWorker, ofServer] = await Promise.all([worker('/metrics'), server('/metrics')]);

    for (const { text } of [ofWorker, ofServer]) expect((await promtool(['check', 'metrics'], text)).code).toBe(0);
    expect(ofWorker.text).toContain('sluice_releases_ended_total{state="succeeded"} 2');
    expect(ofServer.text).toContain('sluice_tool_calls_total{tool="release_start",result="ok"} 2');
    expect(ofServer.text).toContain(`sluice_workers{task_queue="${RELEASE}"} 1`);
    for (const [title, query] of dashboardQueries())
      await eventually(
        `the panel "${title}" finds something`,
        async () => (await prometheus?.count(query)) || undefined,
      );
  });

  test('while the cluster is away they live and are not ready', async () => {
    await cluster.close();
    const away = { checks: { temporal: 'ok', cluster: 'CLUSTER_UNREACHABLE' } };
    for (const page of [worker, server]) {
      await eventually('it is not ready', async () => ((await ready(page)) ? undefined : true));
      expect(await checks(page)).toMatchObject(away);
      expect(await page('/healthz')).toMatchObject({ status: 200 });
    }

    await cluster.open();
    await eventually('both are ready', async () => ((await ready(worker)) && (await ready(server))) || undefined);
    expect(processes.map(({ ends }) => ends)).toEqual([[], []]);
  });
});

describe('the accounts may do what deploy/rbac.yaml grants, and nothing else', () => {
  const ROLES = { worker: ['reader', 'writer'], server: ['reader'] } as const;

  /** Rights beyond those that every account of the cluster has. */
  async function own(component: string, namespace: string): Promise<ReadonlySet<string>> {
    const everybody = await rightsOf(await installation.kubeconfigOf('default'), namespace);
    const all = await rightsOf(await installation.kubeconfigOf(account(component)), namespace);
    return new Set(beyond(all, everybody));
  }

  test.each(['worker', 'server'] as const)('the %s', async (component) => {
    const wanted = grantedBy(['identity', ...ROLES[component]]);
    const [there, elsewhere] = await Promise.all([own(component, APPS), own(component, 'kube-system')]);

    expect([beyond(there, wanted), beyond(wanted, there)]).toEqual([[], []]);
    expect([...elsewhere]).toEqual([...grantedBy(['identity'])]);
  });

  test('a right too much and a missing one are seen', async () => {
    const rules = async (change: (rules: { verbs: string[] }[]) => unknown) => {
      const name = `${RELEASE}-writer`;
      const { rules: list } = await installation.get<{ rules: { verbs: string[] }[] }>('clusterrole', name);
      const patch = JSON.stringify({ rules: change(list) });
      await outOf(installation.kubectl(['patch', 'clusterrole', name, '--type=merge', '-p', patch]));
    };
    const extra = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
    await rules(([, ...rest]) => [extra, ...rest]);

    const wanted = grantedBy(['identity', ...ROLES.worker]);
    const seen = await eventually('the API server knows the change', async () => {
      const there = await own('worker', APPS);
      return there.has('get secrets') ? there : undefined;
    });

    expect(beyond(seen, wanted)).toEqual(['get secrets']);
    expect(beyond(wanted, seen)).toEqual(['patch rollouts argoproj.io', 'patch rollouts/status argoproj.io']);
    const client = createClusters({ kubeconfig: await installation.kubeconfigOf(account('worker')) }).client(CONTEXT);
    const right = { group: 'argoproj.io', resource: 'rollouts', verb: 'patch', namespace: APPS };
    expect(await client.allowed(right)).toBe(false);
  });
});

const target = (namespace: string, rollout: string) => ({ cluster: CONTEXT, namespace, rollout });

function releaseOf(name: string, strategy: 'canary' | 'blue-green'): object {
  return {
    target: target(APPS, name),
    image: 'shop:v2',
    strategy,
    ...(strategy === 'blue-green' ? { steps: [50, 100] } : {}),
    analysis: { judge: 'limits', soak: '2s', min_requests: 10, success_ratio: 0.95, p95_ms: 500, hold: '60s' },
    require_manual_promotion: false,
    guard: '0',
  };
}

/** State and reason. Undefined while the release runs, and while a busy worker does not answer. */
async function endOf(id: string): Promise<readonly [ReleaseState, string] | undefined> {
  const asked = call<{ state: ReleaseState; reason: string }>('release_get', { release_id: id });
  const found = await asked.catch((error: unknown) => {
    if (isPassing(error)) return undefined;
    throw error;
  });
  if (!found) return undefined;
  const { state, reason } = found;
  return (CLOSED_STATES as readonly string[]).includes(state) ? [state, reason] : undefined;
}
