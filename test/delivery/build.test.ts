import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeployments } from '../../src/adapters/git/index.ts';
import { createImageBuilder } from '../../src/adapters/image-builder/index.ts';
import { createImageRegistry } from '../../src/adapters/image-registry/index.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import { sluice, type CliResult } from '../support/cli.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';
import { startImageRegistry, type TestRegistry } from '../support/image-registry.ts';
import { settingsWith } from '../support/settings.ts';

// Each test runs Git and a program several times.
jest.setTimeout(300_000);

const DIGEST = `sha256:${'d'.repeat(64)}`;
const IMAGE_ID = `sha256:${'1'.repeat(64)}`;
const SECRET = 'password=hunter2hunter2';
/** A builder that writes its calls to a file, and pushes by asking the registry to show the tag. */
const PROGRAM = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
case "$1" in
  info) exit 0 ;;
  images) echo '${IMAGE_ID}' ;;
  build) echo "step 1"; echo "${SECRET}" >&2; exit "$(cat "$(dirname "$0")/exit")" ;;
  push)
    for word in "$@"; do case "$word" in --digestfile=*) printf '%s' '${DIGEST}' > "\${word#--digestfile=}" ;; esac; done ;;
esac
`;

let repositories: GitRepositories;
let images: TestRegistry;
let mine: string;
let program: string;
const took: string[] = [];

beforeEach(async () => {
  repositories = new GitRepositories();
  images = await startImageRegistry();
  program = join(repositories.root, 'buildah');
  writeFileSync(program, PROGRAM);
  writeFileSync(join(repositories.root, 'exit'), '0');
  chmodSync(program, 0o755);
  mine = repositories.create('mine', {
    'deployments/web/Dockerfile': 'FROM scratch\nCOPY . /\n',
    'deployments/web/source/data.txt': 'one\n',
    'deployments/web/deployment.yaml': `# ours
deployment: { name: web, version: v1, github_url: "https://git.example.com/a/b", repo_type: dockerfile }
container: { image: ${images.host}/team/web:v1, port: 8080 }
kubernetes: { namespace: shop }
`,
  });
});
afterEach(async () => {
  await images.close();
  await repositories.close();
});
afterAll(() => void process.stdout.write(`Measured: ${took.length > 0 ? took.join(', ') : 'no real builder'}\n`));

const calls = (): readonly string[] => readFileSync(join(repositories.root, 'calls'), 'utf8').trim().split('\n');

function services(builder: string): CommandServices {
  const logs = join(repositories.root, 'builds');
  return {
    ...fakeServices(createFakeGateway()),
    settings: settingsWith({ deploymentRegistry: `${images.host}/team` }),
    delivery: {
      ...createFakeDelivery(),
      deployments: createDeployments(mine),
      builder: createImageBuilder({ program: builder, timeout: 60_000, logs }),
      registry: createImageRegistry(),
    },
  };
}

const build = (...more: readonly string[]): Promise<CliResult> =>
  sluice({ gateway: createFakeGateway(), services: services(program) }, 'delivery', 'build', 'web', ...more);

test('the image is built, pushed with every tag, read back, and named by its digest in the files', async () => {
  images.show('team/web', 'v1', DIGEST);

  const { code, out } = await build('candidate', '-o', 'json');

  const image = `${images.host}/team/web:v1`;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    effective: 'proved',
    changed: false,
    image: `${image}@${DIGEST}`,
    builder: 'buildah',
  });
  const tags = ['v1', 'latest', 'candidate'].map((tag) => `--tag ${images.host}/team/web:${tag}`);
  const folder = join(gitIn(mine, 'rev-parse', '--show-toplevel'), 'deployments/web');
  const time = gitIn(mine, 'log', '-1', '--format=%ct');
  expect(calls()[1]).toBe(
    `build --layers --format=docker --timestamp=${time} ${tags.join(' ')} --file ${folder}/Dockerfile ${folder}/source`,
  );
  expect(calls().filter((call) => call.startsWith('push --tls-verify=false'))).toHaveLength(3);
  const file = readFileSync(join(mine, 'deployments/web/deployment.yaml'), 'utf8');
  expect(file).toContain('# ours\n');
  expect(file).toContain(`${image}@${DIGEST}`);
  expect(readFileSync(join(mine, 'deployments/web/k8s/base/rollout.yaml'), 'utf8')).toContain(`${image}@${DIGEST}`);
});

test('the log has the lines of the build, without credentials', async () => {
  images.show('team/web', 'v1', DIGEST);

  const { out } = await build('-o', 'json');

  const { log } = JSON.parse(out) as { log: string };
  expect(readFileSync(log, 'utf8')).toBe(`step 1\npassword=***\n${IMAGE_ID}\n`);
});

test('what the registry does not show is pending, never proved', async () => {
  images.show('team/web', 'v1', `sha256:${'e'.repeat(64)}`);
  const { out } = await build('-o', 'json');
  images.hide();
  const { out: hidden } = await build('-o', 'json');

  expect(JSON.parse(out)).toMatchObject({
    effective: 'pending',
    reason: expect.stringContaining('it shows sha256:ee'),
  });
  expect(JSON.parse(hidden)).toMatchObject({
    effective: 'pending',
    reason: expect.stringContaining('only after a login'),
  });
});

test('a build that fails pushes nothing and changes no file', async () => {
  writeFileSync(join(repositories.root, 'exit'), '3');

  const { code, err } = await build();

  expect([code, err]).toEqual([7, expect.stringMatching(/BUILD_FAILED[\s\S]*exit code 3[\s\S]*The log is /)]);
  expect(err).not.toContain('hunter2');
  expect(calls().filter((call) => call.startsWith('push'))).toEqual([]);
  expect(gitIn(mine, 'status', '--porcelain')).toBe('');
});

test('a registry that is away is noticed before the build', async () => {
  await images.close();

  const { code, err } = await build();

  expect([code, err]).toEqual([6, expect.stringContaining('REGISTRY_UNAVAILABLE')]);
  expect(existsSync(join(repositories.root, 'calls'))).toBe(false);
});

test('without a builder, and for a deployment of another registry, the call is refused', async () => {
  program = join(repositories.root, 'none', 'buildah');
  expect((await build()).err).toContain('BUILDER_MISSING');
  const file = join(mine, 'deployments/web/deployment.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(images.host, 'other.example'));
  expect((await build()).err).toContain('DEPLOYMENT_FILE_INVALID');
});

const missing = ['buildah', 'docker-registry'].find((name) => spawnSync(name, ['--version']).error !== undefined);
const rootOnly = process.getuid?.() === 0 ? undefined : 'root';
const skipped = missing ?? rootOnly;
const real = skipped === undefined ? test : test.skip;

real(
  `buildah and a registry, for real${skipped === undefined ? '' : ` (skipped: there is no ${skipped})`}`,
  async () => {
    const { host, close } = await images.real(join(repositories.root, 'registry'));
    const file = join(mine, 'deployments/web/deployment.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(images.host, host));
    gitIn(mine, 'commit', '--quiet', '--all', '--message', 'the registry');
    const world = services('buildah');
    const real = { ...world, settings: settingsWith({ deploymentRegistry: `${host}/team` }) };
    const once = async () => {
      const began = performance.now();
      const { out } = await sluice(
        { gateway: createFakeGateway(), services: real },
        'delivery',
        'build',
        'web',
        '-o',
        'json',
      );
      took.push(`build and push ${((performance.now() - began) / 1000).toFixed(2)} s`);
      return JSON.parse(out) as { changed: boolean; effective: string; image: string };
    };
    try {
      const [first, again] = [await once(), await once()];

      expect(first).toMatchObject({ changed: true, effective: 'proved' });
      expect(again).toMatchObject({ changed: false, effective: 'proved', image: first.image });
    } finally {
      await close();
    }
  },
);
