import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';
import { applyApplication, type Sandbox } from '../../sandbox/index.ts';
import { clientOf } from '../../sandbox/apps/applications.ts';
import { addToLoad } from '../../sandbox/load/client.ts';
import { readState } from '../../sandbox/processes/state.ts';
import { hostNames } from '../../sandbox/real-pods/names.ts';
import { CLOSED_STATES, type ReleaseState } from '../../src/domain/release/state.ts';
import { Buildah, noBuildah } from '../support/buildah.ts';
import { LEAST, outOf } from '../support/deploy-chart.ts';
import { CONTEXT, Installation, namespaceObject } from '../support/deploy-installation.ts';
import { Door } from '../support/door.ts';
import { helmProgram } from '../support/helm-program.ts';
import { machineState } from '../support/machine-state.ts';
import { isPassing, ToolError } from '../support/mcp-client.ts';
import { pushNodeBase } from '../support/node-base-image.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { cannot as noPods, RealPods } from '../support/real-pods.ts';
import { eventually } from '../support/releases-wait.ts';
import { Stopwatch } from '../support/stopwatch.ts';

// An image is built, and a release waits for traffic.
jest.setTimeout(600_000);

const cannot = noPods ?? (noBuildah === undefined ? undefined : `no ${noBuildah} on PATH`);
const why = cannot === undefined ? '' : ` (skipped: ${cannot})`;
const real = cannot === undefined ? test : test.skip;

const [RELEASE, APPS, BASE] = ['sluice', 'apps', '24-bookworm-slim'];
/** Programs that the Dockerfile runs while it builds. */
const BUILD_PROGRAMS = ['find', 'touch', 'rm', 'mkdir', 'groupadd', 'useradd'];

/** Temporal's library for this machine needs parts of glibc that Node.js does not. */
async function nativesOfTemporal(): Promise<string[]> {
  const releases = join(ROOT, 'node_modules/@temporalio/core-bridge/releases');
  const processor = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  const files = await readdir(releases, { recursive: true });
  return files.filter((file) => file.startsWith(`${processor}-unknown-linux-gnu/`)).map((file) => join(releases, file));
}

const watch = new Stopwatch();
const pods = new RealPods('real-installed');
let before: ReturnType<typeof machineState>;
let sandbox: Sandbox;
let postgres: TestPostgres;
let installation: Installation;
let buildah: Buildah;
let token: string;
const doors: Door[] = [];

beforeAll(async () => {
  if (cannot !== undefined) return;
  before = machineState();
  [sandbox, postgres] = await Promise.all([watch.timed('sandbox up', () => pods.up()), startPostgres()]);
  installation = await Installation.open(sandbox, await helmProgram(), `${RELEASE}-system`);
  buildah = new Buildah(installation.folder, sandbox.registry);
  await outOf(installation.kubectl(['apply', '-f', '-'], JSON.stringify(namespaceObject(APPS))));
}, 900_000);

afterAll(async () => {
  if (cannot !== undefined) return;
  await Promise.all(doors.map((door) => door.close()));
  await postgres?.stop();
  await pods.down();
  pods.remove();
  buildah?.close();
  watch.print();
}, 120_000);

/** Pods have no way to the loopback of this machine: a door at the node's address, as in 10.244.3.1:40001. */
async function doorTo(port: number): Promise<string> {
  const door = new Door(port, hostNames(readState(sandbox.stateDir)?.range ?? 0).address);
  await door.open();
  doors.push(door);
  return door.address;
}

const portIn = (url: string): number => Number(new URL(url).port);

/** The Dockerfile of this repository, as a person builds it. Returns repository and digest. */
async function build(): Promise<{ repository: string; digest: string }> {
  await pushNodeBase(sandbox.registry, BASE, { programs: BUILD_PROGRAMS, natives: await nativesOfTemporal() });
  const repository = `${sandbox.registry}/team/sluice`;
  await buildah.run('bud', '--layers', '--tag', `${repository}:test`, ROOT);
  await buildah.run('push', '--digestfile', `${installation.folder}/digest`, `${repository}:test`);
  return { repository, digest: readFileSync(`${installation.folder}/digest`, 'utf8').trim() };
}

/** What is behind the doors, for the chart. */
async function values(image: object): Promise<object> {
  const urls = await Promise.all(sandbox.traefikApiUrls.map(async (url) => `http://${await doorTo(portIn(url))}`));
  return {
    ...LEAST,
    image,
    temporal: { address: await doorTo(portIn(`http://${sandbox.temporalAddress}`)), namespace: 'default' },
    rbac: { namespaces: [APPS] },
    secrets: ['cluster-address'],
    settings: {
      ...{ MCP_ALLOW_WRITE: true, SLUICE_TASK_QUEUE: RELEASE, SLUICE_TRAEFIK_API_URLS: urls.join(',') },
      SLUICE_PROMETHEUS_URL: `http://${await doorTo(portIn(sandbox.prometheusUrl))}`,
    },
  };
}

async function install(image: object): Promise<void> {
  const { kubectl, namespace } = installation;
  const secret = (name: string, ...data: string[]) =>
    outOf(kubectl(['create', 'secret', 'generic', name, '--namespace', namespace, ...data]));
  token = installation.key();
  await secret('sluice-keys', `--from-file=${installation.keys}`);
  // No kube-proxy runs here, so the address of the cluster that every pod gets leads nowhere.
  const [host, port] = (await doorTo(portIn(sandbox.apiServer))).split(':');
  const address = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  await secret('cluster-address', ...Object.entries(address).map(([name, value]) => `--from-literal=${name}=${value}`));
  const journal = new URL(await postgres.database());
  journal.host = await doorTo(Number(journal.port));
  await installation.install(RELEASE, await values(image), journal.href);
}

interface Pod {
  metadata: { name: string; labels: Record<string, string> };
  spec: { nodeName: string };
  status: { podIP: string; containerStatuses?: { ready: boolean; restartCount: number; imageID: string }[] };
}
const component = ({ metadata }: Pod): string => metadata.labels['app.kubernetes.io/component'] ?? '';
const isReady = ({ status }: Pod): boolean => status.containerStatuses?.every(({ ready }) => ready) ?? false;

/** All pods of the chart, once there are four that are ready. */
const readyPods = (): Promise<readonly Pod[]> =>
  eventually(
    'four pods are ready',
    async () => {
      const found = await installation.list<Pod>('pods');
      return found.length === 4 && found.every(isReady) ? found : undefined;
    },
    { timeoutMs: 60_000, everyMs: 500, now: said },
  );

/** The ends of the pods' logs, for a failure. */
async function said(): Promise<string[]> {
  const found = await installation.list<Pod>('pods');
  const logs = found.map(async ({ metadata: { name }, status }) => {
    const { out, err } = await installation.kubectl(['logs', name, '-n', installation.namespace, '--tail=5']);
    return `${name} ${JSON.stringify(status).slice(-600)} ${out}${err}`;
  });
  return Promise.all(logs);
}

/** A tool by the REST API of a pod, for the host that an Ingress would send. */
async function call<T>(tool: string, input: object): Promise<T> {
  const server = (await installation.list<Pod>('pods')).find((pod) => component(pod) === 'server' && isReady(pod));
  const headers = { host: 'sluice.example.com', authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `http://${server?.status.podIP}:8765/engine/v1/tools/${tool}`;
  const text = await new Promise<string>((resolve, reject) => {
    request(url, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => void chunks.push(chunk))
        .on('end', () => resolve(String(Buffer.concat(chunks))));
    })
      .on('error', reject)
      .end(JSON.stringify(input));
  });
  const { result, error } = JSON.parse(text) as { result?: T; error?: object };
  if (!result) throw new ToolError(tool, error as { code: string; message: string });
  return result;
}

real(`the image of the Dockerfile runs as the pods of the chart${why}`, async () => {
  const { repository, digest } = await watch.timed('image built and pushed', build);
  await install({ repository, digest });

  const found = await watch.timed('pods ready', readyPods);

  expect(found.map(component).sort()).toEqual(['server', 'server', 'worker', 'worker']);
  for (const { spec, status } of found) {
    expect(spec.nodeName).toBe('localhost');
    expect(status.containerStatuses?.[0]?.imageID).toContain(digest);
  }
});

real(`each runs as uid 1001 with a file system that it cannot write${why}`, async () => {
  const look = `
    const { writeFileSync } = require('node:fs');
    const tried = (path) => { try { writeFileSync(path, ''); return 'written'; } catch ({ code }) { return code; } };
    const paths = ['/try', '/app/try', '/usr/try', '/tmp/try', '/var/lib/sluice/try'];
    console.log(JSON.stringify([process.getuid(), process.getgid(), ...paths.map(tried)]));`;

  for (const { metadata } of await readyPods()) {
    const args = ['exec', metadata.name, '-n', installation.namespace, '--', 'node', '-e', look];
    const seen = JSON.parse(await outOf(installation.kubectl(args))) as unknown;
    expect(seen).toEqual([1001, 1001, 'EROFS', 'EROFS', 'EROFS', 'written', 'written']);
  }
});

real(`a release goes on while both workers are killed${why}`, async () => {
  await applyApplication(sandbox, { name: 'web', namespace: APPS, strategy: 'canary', steps: [50], replicas: 1 });
  await addToLoad(sandbox, 'web', APPS, { rps: 20 });
  const { release_id: id } = await call<{ release_id: string }>('release_start', RELEASE_OF_WEB);
  const state = () => call<{ state: ReleaseState; reason: string }>('release_get', { release_id: id });
  await eventually('it is judged', async () => ((await state()).state === 'soaking' ? true : undefined), {
    timeoutMs: 60_000,
    now: state,
  });

  const workers = (await readyPods()).filter((pod) => component(pod) === 'worker');
  const names = workers.map(({ metadata }) => metadata.name);
  await outOf(
    installation.kubectl(['delete', 'pod', ...names, '-n', installation.namespace, '--grace-period=0', '--force']),
  );
  const end = await watch.timed('end of the release after that', () =>
    eventually(
      'the release has ended',
      async () => {
        const found = await state().catch((error: unknown) => {
          if (!isPassing(error)) throw error;
        });
        if (found === undefined) return undefined;
        return (CLOSED_STATES as readonly string[]).includes(found.state) ? found : undefined;
      },
      { timeoutMs: 60_000, everyMs: 500, now: state },
    ),
  );

  expect(end).toMatchObject({ state: 'succeeded' });
  const { spec } = await clientOf(sandbox).get<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
    `/apis/argoproj.io/v1alpha1/namespaces/${APPS}/rollouts/web`,
  );
  expect(spec.template.spec.containers[0]?.image).toBe('shop:v2');
  expect((await readyPods()).map(({ metadata }) => metadata.name)).not.toEqual(expect.arrayContaining(names));
});

const RELEASE_OF_WEB = {
  target: { cluster: CONTEXT, namespace: APPS, rollout: 'web' },
  image: 'shop:v2',
  strategy: 'canary',
  analysis: { judge: 'limits', soak: '10s', min_requests: 10, success_ratio: 0.95, p95_ms: 500, hold: '60s' },
  require_manual_promotion: false,
  guard: '0',
};

real(`down leaves nothing of it${why}`, async () => {
  await pods.down();
  buildah.close();

  expect(machineState()).toEqual(before);
});
