import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';
import type { Sandbox } from '../../sandbox/index.ts';
import { applyNamespace, clientOf, statusThrough } from '../../sandbox/apps/applications.ts';
import { addToLoad } from '../../sandbox/load/client.ts';
import { loadHost } from '../../sandbox/load/config.ts';
import { Buildah, noBuildah } from '../support/buildah.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';
import { machineState } from '../support/machine-state.ts';
import { pushNodeBase } from '../support/node-base-image.ts';
import { cannot as noPods, RealPods, versionThrough } from '../support/real-pods.ts';
import { Supervised } from '../support/releases-process.ts';
import { eventually } from '../support/releases-wait.ts';
import { Stopwatch } from '../support/stopwatch.ts';

jest.setTimeout(600_000);

const cannot = noPods ?? (noBuildah === undefined ? undefined : `no ${noBuildah} on PATH`);
const why = cannot === undefined ? '' : ` (skipped: ${cannot})`;
const real = cannot === undefined ? test : test.skip;

const [APP, NAMESPACE] = ['web', 'apps'];
const BASE = 'node:24-bookworm-slim';
/** A server without packages, as its user has it: only its code says where it listens. */
const server = (version: string) => `import { createServer } from 'node:http';

createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok');
  response.writeHead(200, { 'content-type': 'text/plain', 'x-version': '${version}' });
  response.end('hello\\n');
}).listen(Number(process.env.PORT ?? 8080), '0.0.0.0');
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 1_000));
`;
const SOURCE = {
  'package.json': JSON.stringify({
    name: APP,
    type: 'module',
    engines: { node: '24' },
    scripts: { start: 'node server.js' },
  }),
  'package-lock.json': JSON.stringify({ name: APP, lockfileVersion: 3, packages: { '': { name: APP } } }),
  'server.js': server('v1'),
};

/** A user has chosen one weight: by default there are three, and each is judged for a minute at least. */
const deployment = (): string => `deployment:
  name: ${APP}
  version: v0
  github_url: https://git.example.com/team/web.git
  repo_type: nodejs
container:
  image: ${sandbox.registry}/team/${APP}:v0
  port: 8080
kubernetes:
  namespace: ${NAMESPACE}
  host: ${loadHost(APP, NAMESPACE)}
  probes: { path: /healthz }
  canary_weights: [25]
environment:
  PORT: '8080'
smoke_tests:
  http:
    - { path: /, contains: hello }
    - { path: /healthz }
`;

const watch = new Stopwatch();
const pods = new RealPods('real-onboard');
const repositories = new GitRepositories();
let before: ReturnType<typeof machineState>;
let sandbox: Sandbox;
let buildah: Buildah;
let worker: Supervised;
let env: Record<string, string>;
let [source, mine] = ['', ''];

beforeAll(async () => {
  if (cannot !== undefined) return;
  before = machineState();
  sandbox = await pods.up();
  await applyNamespace(clientOf(sandbox), NAMESPACE);
  source = repositories.create('source', SOURCE);
  gitIn(source, 'tag', 'v1');
  mine = repositories.create('mine', { [`deployments/${APP}/deployment.yaml`]: deployment() });
  buildah = new Buildah(repositories.root, sandbox.registry);
  env = settings(await watch.timed('base image', () => pushNodeBase(sandbox.registry, '24-bookworm-slim')));
  worker = new Supervised({
    ...{ name: 'worker', args: ['bin/sluice.mjs', 'worker'], env, stateDir: sandbox.stateDir },
    ...{ log: join(repositories.root, 'worker.log'), ready: /state: 'RUNNING'/ },
  });
  await worker.ready();
}, 900_000);

afterAll(async () => {
  if (cannot !== undefined) return;
  await worker?.stop();
  await pods.down();
  pods.remove();
  buildah?.close();
  await repositories.close();
  watch.print();
}, 120_000);

/** Settings of a user. */
function settings(base: string): Record<string, string> {
  return {
    SLUICE_HOME: join(repositories.root, 'home'),
    SLUICE_TASK_QUEUE: 'real-onboard',
    SLUICE_KUBECONFIG: sandbox.kubeconfig,
    SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
    SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
    TEMPORAL_ADDRESS: sandbox.temporalAddress,
    ARGO_REQUIRE_MANUAL_PROMOTION: 'false',
    SLUICE_DEPLOYMENTS: mine,
    SLUICE_DEPLOYMENT_REGISTRY: `${sandbox.registry}/team`,
    SLUICE_BASE_IMAGES: `${BASE}=${base}`,
    SLUICE_BUILDER: 'buildah',
    SLUICE_GIT_LOCAL: 'true',
    ...buildah.env,
  };
}

/** A command of the program, as in a terminal. Its output, also if it fails. */
function sluice(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['bin/sluice.mjs', ...args], {
    ...{ cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, out: Buffer.concat(chunks).toString() })),
  );
}

async function delivered(version: string): Promise<void> {
  const where = ['--namespace', NAMESPACE, '--host', loadHost(APP, NAMESPACE), '--port', '8080'];
  const { code, out } = await sluice('onboard', `file://${source}`, APP, version, ...where, '--yes');
  process.stderr.write(out);
  expect({ code, out }).toMatchObject({ code: 0 });
}

interface Found {
  spec: { nodeName?: string; containers: { image: string }[] };
  status: { containerStatuses?: { ready: boolean; imageID: string }[] };
}
const found = async (): Promise<Found[]> =>
  (await clientOf(sandbox).get<{ items: Found[] }>(`/api/v1/namespaces/${NAMESPACE}/pods`)).items;

real(`a repository becomes a running service${why}`, async () => {
  await watch.timed('clone to first version served', async () => {
    await delivered('v1');
    await eventually('users are served', async () => {
      const host = loadHost(APP, NAMESPACE);
      const statuses = await Promise.all(sandbox.traefikEntryUrls.map((entry) => statusThrough(entry, host)));
      return statuses.every((status) => status === 200) ? true : undefined;
    });
  });

  const items = await found();
  expect(items.map(({ spec }) => spec.nodeName)).toEqual(['localhost', 'localhost']);
  for (const { spec, status } of items) {
    const [, digest = 'none'] = /@(sha256:[0-9a-f]{64})$/.exec(spec.containers[0]?.image ?? '') ?? [];
    expect(status.containerStatuses?.[0]).toMatchObject({ ready: true, imageID: expect.stringContaining(digest) });
  }
});

real(`a later commit is built, judged with real users, and released${why}`, async () => {
  repositories.commit(source, { 'server.js': server('v2') });
  gitIn(source, 'tag', 'v2');
  gitIn(mine, 'merge', '--quiet', `${APP}-v1`);
  await addToLoad(sandbox, APP, NAMESPACE, { rps: 60 });

  await watch.timed('clone to judged release', () => delivered('v2'));

  const { out } = await sluice('delivery', 'get', APP, '--json');
  expect(out).toContain('smoke tests passed before the first traffic: GET /, GET /healthz');

  const entries = [...sandbox.traefikEntryUrls, ...sandbox.traefikEntryUrls, ...sandbox.traefikEntryUrls];
  const answers = await Promise.all(entries.map((entry) => versionThrough(entry, loadHost(APP, NAMESPACE))));
  expect(answers).toEqual(entries.map(() => 'v2'));
});

real(`down leaves no container, interface, rule, cgroup or mount${why}`, async () => {
  await worker.stop();
  await pods.down();
  buildah.close();

  expect(machineState()).toEqual(before);
});
