import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeployments, createSourceRepositories } from '../../src/adapters/git/index.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import { sluice, type CliResult } from '../support/cli.ts';
import { createFakeDelivery, NODE_SERVICE } from '../support/fake-delivery.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';
import { settingsWith } from '../support/settings.ts';

// Each test runs Git several times.
jest.setTimeout(300_000);

let repositories: GitRepositories;
let source: string;
let mine: string;
const took: string[] = [];

beforeEach(() => {
  repositories = new GitRepositories();
  source = repositories.create('web', NODE_SERVICE);
  mine = repositories.create('mine', { 'README.md': 'mine\n' });
});
afterEach(() => repositories.close());
afterAll(() => void process.stdout.write(`Measured: ${took.join(', ')}\n`));

function services(): CommandServices {
  const limits = { files: 1_000, bytes: 10 * 1024 * 1024 };
  return {
    ...fakeServices(createFakeGateway()),
    settings: settingsWith({ deploymentRegistry: 'registry.example/team' }),
    delivery: {
      ...createFakeDelivery(),
      sources: createSourceRepositories({ credentials: {}, limits }),
      deployments: createDeployments(mine),
    },
  };
}

async function onboard(version: string, ...more: readonly string[]): Promise<CliResult> {
  const began = performance.now();
  const world = { gateway: createFakeGateway(), services: services() };
  const mode = more.includes('--plan') ? [] : ['--write'];
  const result = await sluice(
    world,
    'onboard',
    `file://${source}`,
    'web',
    version,
    '--namespace',
    'shop',
    ...mode,
    ...more,
  );
  took.push(`${more[0] ?? 'write'} ${((performance.now() - began) / 1000).toFixed(2)} s`);
  return result;
}
const tip = (branch: string): string => gitIn(mine, 'rev-parse', branch);
const show = (branch: string, path: string): string => gitIn(mine, 'show', `${branch}:deployments/web/${path}`);

test('--plan shows what was found and where, and writes nothing', async () => {
  const before = gitIn(mine, 'for-each-ref');

  const { code, out } = await onboard('v1', '--plan');

  expect(code).toBe(0);
  expect(out).toContain('scripts.start "node server.js" in package.json');
  expect(out).toContain('create  deployment.yaml');
  expect(out).toContain('Source: the branch main at ');
  expect(out).toContain(
    'Warning: The repository has no tag v1 or 1, so the branch main is taken. To take another one, set --ref.',
  );
  expect(out).toContain('Nothing was written.');
  expect([gitIn(mine, 'for-each-ref'), gitIn(mine, 'status', '--porcelain')]).toEqual([before, '']);
});

test('the deployment is one commit on a branch, with the source of the commit; the working tree stays', async () => {
  const { code, out } = await onboard('v1', '--yes');
  expect(out).not.toContain('Nothing was written');

  expect(code).toBe(0);
  expect(gitIn(mine, 'rev-list', '--count', 'main..web-v1')).toBe('1');
  expect(show('web-v1', 'source/server.js')).toBe(NODE_SERVICE['server.js'].trim());
  expect(gitIn(mine, 'rev-parse', 'web-v1:deployments/web/source')).toBe(gitIn(source, 'rev-parse', 'HEAD^{tree}'));
  expect(show('web-v1', 'deployment.yaml')).toContain(`commit: ${gitIn(source, 'rev-parse', 'HEAD')}`);
  expect(gitIn(mine, 'ls-tree', 'web-v1:deployments/web', 'build.sh')).toMatch(/^100755/);
  expect([existsSync(join(mine, 'deployments')), gitIn(mine, 'status', '--porcelain')]).toEqual([false, '']);
  expect(gitIn(mine, 'fsck', '--strict', '--no-dangling')).toBe('');
});

test('the same again changes nothing', async () => {
  await onboard('v1', '--yes');
  const before = tip('web-v1');

  const { code, out } = await onboard('v1', '--yes');

  expect([code, tip('web-v1')]).toEqual([0, before]);
  expect(out).toContain('nothing changed, proved');
});

test('a later version follows the deployment that is there, and keeps what was edited', async () => {
  await onboard('v1', '--yes');
  gitIn(mine, 'merge', '--quiet', 'web-v1');
  const file = join(mine, 'deployments/web/Dockerfile');
  repositories.commit(mine, { 'deployments/web/Dockerfile': `${readFileSync(file, 'utf8')}LABEL a=b\n` });
  repositories.commit(source, { 'lib.js': 'new\n' });

  const { code } = await onboard('v2', '--yes');

  expect(code).toBe(0);
  expect(show('web-v2', 'deployment.yaml')).toContain('version: v2');
  expect(show('web-v2', 'Dockerfile')).toMatch(/LABEL a=b$/);
  expect(show('web-v2', 'source/lib.js')).toBe('new');
});

test('a file that the source has no longer is gone from the deployment', async () => {
  repositories.commit(source, { 'old.js': 'old\n' });
  await onboard('v1', '--yes');
  gitIn(source, 'rm', '--quiet', 'old.js');
  repositories.commit(source, { 'new.js': 'new\n' });

  await onboard('v1', '--yes');

  expect(gitIn(mine, 'ls-tree', '--name-only', 'web-v1:deployments/web/source')).not.toContain('old.js');
});

test.each([
  [
    'changes without a commit',
    () => {
      repositories.commit(mine, { 'deployments/web/notes.txt': 'a\n' });
      writeFileSync(join(mine, 'deployments/web/notes.txt'), 'b\n');
    },
    'REPOSITORY_NOT_CLEAN',
  ],
  ['the branch checked out', () => gitIn(mine, 'switch', '--quiet', '--create', 'web-v1'), 'REPOSITORY_BRANCH_IN_USE'],
  [
    'an MCP server over stdio whose own Dockerfile starts it',
    () => repositories.commit(source, { 'server.json': STDIO, Dockerfile: 'FROM scratch\n' }),
    'SOURCE_STDIO',
  ],
])('%s: refused, and nothing is written', async (_, prepare, wanted) => {
  prepare();
  const before = gitIn(mine, 'for-each-ref');

  const { code, err } = await onboard('v1', '--yes');

  expect([code, err]).toEqual([7, expect.stringContaining(wanted)]);
  expect(gitIn(mine, 'for-each-ref')).toBe(before);
});
const STDIO = JSON.stringify({ packages: [{ transport: { type: 'stdio' } }] });

test('an MCP server over stdio gets a bridge, which its files and its image name', async () => {
  repositories.commit(source, { 'server.json': STDIO });

  const { code, out } = await onboard('v1', '--yes');

  expect([code, out]).toEqual([0, expect.stringContaining('a bridge in the image serves it at /mcp')]);
  expect(show('web-v1', 'bridge/bridge.mjs')).toMatch(/^\/\/ the bridge\n\/\/ Generated by sluice onboard/);
  expect(show('web-v1', 'Dockerfile')).toContain('COPY --from=sluice-bridge bridge.mjs /opt/sluice/bridge.mjs');
  const deployment = show('web-v1', 'deployment.yaml');
  expect(deployment).toMatch(/transport: streamable-http/);
  expect(deployment).toMatch(/path: \/healthz/);
  expect(deployment).not.toMatch(/MCP_PORT|MCP_HOST/);
  expect(show('web-v1', 'k8s/base/rollout.yaml')).toMatch(/livenessProbe:\n\s+httpGet:\n\s+path: \/healthz/);
});

test('a digest of another state writes nothing', async () => {
  const world = { gateway: createFakeGateway(), services: services() };
  const args = [`file://${source}`, 'web', 'v1', '-o', 'json'];
  const { out } = await sluice(world, 'delivery', 'plan', ...args);
  const { digest } = JSON.parse(out) as { digest: string };
  repositories.commit(source, { 'server.js': 'changed\n' });

  const { code, out: answer } = await sluice(world, 'delivery', 'onboard', ...args, '--digest', digest);

  expect([code, answer]).toEqual([7, expect.stringContaining('PLAN_CHANGED')]);
  expect(gitIn(mine, 'branch', '--list', 'web-*')).toBe('');
});

test('a plan needs no repository to write to, and says that it cannot be written', async () => {
  mine = repositories.root;

  const { code, out } = await onboard('v1', '--plan');

  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/delivery_onboard would refuse|delivery onboard.* would refuse/),
  ]);
});

test('without a person to ask, and without --yes, nothing is written', async () => {
  const { code, err } = await onboard('v1');

  expect([code, err]).toEqual([4, expect.stringContaining('CONFIRMATION_REQUIRED')]);
  expect(gitIn(mine, 'branch', '--list', 'web-*')).toBe('');
});

test('the Kubernetes files follow deployment.yaml in the working tree', async () => {
  await onboard('v1', '--yes');
  gitIn(mine, 'switch', '--quiet', 'web-v1');
  const file = join(mine, 'deployments/web/deployment.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('replicas: 2', 'replicas: 7'));
  const world = { gateway: createFakeGateway(), services: services() };

  const first = await sluice(world, 'delivery', 'render', 'web');
  const again = await sluice(world, 'delivery', 'render', 'web');

  expect([first.code, again.code]).toEqual([0, 0]);
  expect(readFileSync(join(mine, 'deployments/web/k8s/base/rollout.yaml'), 'utf8')).toContain('replicas: 7');
  expect([first.out, again.out]).toEqual([
    expect.stringContaining('changed, proved: files written and read back: 1'),
    expect.stringContaining('nothing changed'),
  ]);
});

test('a deployment that does not exist is named with the nearest one', async () => {
  await onboard('v1', '--yes');
  gitIn(mine, 'switch', '--quiet', 'web-v1');

  const { code, err } = await sluice(
    { gateway: createFakeGateway(), services: services() },
    'delivery',
    'render',
    'wev',
  );

  expect([code, err]).toEqual([5, expect.stringContaining('did you mean web?')]);
});
