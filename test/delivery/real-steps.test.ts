import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeployments, createSourceRepositories } from '../../src/adapters/git/index.ts';
import { createImageContent } from '../../src/adapters/image-archive/index.ts';
import { createImageBuilder } from '../../src/adapters/image-builder/index.ts';
import { createBridgeBundle } from '../../src/adapters/bridge-bundle/index.ts';
import { createImageRunner } from '../../src/adapters/image-runner/index.ts';
import { createImageScanners } from '../../src/adapters/image-scanners/index.ts';
import { createImageRegistry } from '../../src/adapters/image-registry/index.ts';
import { createSigner } from '../../src/adapters/signer/index.ts';
import type { BaseImages } from '../../src/domain/onboarding/dockerfiles/lines.ts';
import type { DeliveryFacts, DeliveryInput, DeliveryStep, StepDone } from '../../src/domain/delivery/delivery.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';
import { startImageRegistry } from '../support/image-registry.ts';
import { connect } from '../support/mcp-clients.ts';
import { pushNodeBase } from '../support/node-base-image.ts';
import { eventually } from '../support/releases-wait.ts';
import { RunImage } from '../support/run-image.ts';
import { settingsWith } from '../support/settings.ts';

// Each step runs programs.
jest.setTimeout(300_000);

const missing = ['buildah', 'docker-registry'].find((name) => spawnSync(name, ['--version']).error !== undefined);
const skipped = missing ?? (process.getuid?.() === 0 ? undefined : 'root');
const real = skipped === undefined ? test : test.skip;
const why = skipped === undefined ? '' : ` (skipped: there is no ${skipped})`;

let repositories: GitRepositories;
const took: string[] = [];
beforeEach(() => void (repositories = new GitRepositories()));
afterEach(() => repositories.close());
afterAll(() => void process.stdout.write(`Measured: ${took.length > 0 ? took.join(', ') : 'no real builder'}\n`));

const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(4)}\n-----END PRIVATE KEY-----\n`;

/** The steps with the real Git, buildah and registry, for a source of these files. */
async function stage(files: Readonly<Record<string, string>>, bases?: (registry: string) => Promise<BaseImages>) {
  const source = repositories.create('source', files);
  const mine = repositories.create('mine', { 'README.md': 'mine\n' });
  const fake = await startImageRegistry();
  const { host, close } = await fake.real(join(repositories.root, 'registry'));
  const services = {
    ...fakeServices(createFakeGateway()),
    settings: settingsWith({
      ...{ deploymentRegistry: `${host}/team`, builder: 'buildah', gitLocal: true },
      baseImages: (await bases?.(host)) ?? {},
    }),
    delivery: {
      sources: createSourceRepositories({ credentials: {}, limits: { files: 1_000, bytes: 1024 * 1024 } }),
      deployments: createDeployments(mine),
      builder: createImageBuilder({ program: 'buildah', timeout: 60_000, logs: join(repositories.root, 'builds') }),
      registry: createImageRegistry(),
      content: createImageContent(),
      signer: createSigner({ trusted: [] }),
      bridge: createBridgeBundle(),
      runner: createImageRunner({ builder: 'buildah', timeout: 60_000 }),
      scanners: createImageScanners({ sbomProgram: 'syft', timeout: 60_000, folder: join(repositories.root, 'sboms') }),
    },
  };
  const steps = createDeliverySteps(services, { start: () => Promise.reject(new Error('there is no release')) });
  const input: DeliveryInput = {
    ...{ name: 'web', version: 'v1', branch: 'web-v1', cluster: 'prod', namespace: 'shop' },
    ...{ asked: { git_url: `file://${source}`, name: 'web', version: 'v1', namespace: 'shop', port: 8080 } },
    ...{ gitUrl: `file://${source}`, sourceCommit: gitIn(source, 'rev-parse', 'HEAD') },
    ...{ base: gitIn(mine, 'rev-parse', 'HEAD'), startedBy: 'cli:ada', requestId: 'request-1' },
  };
  let facts: DeliveryFacts = {};
  const run = async (step: DeliveryStep): Promise<StepDone> => {
    const began = performance.now();
    const done = await steps[step](
      { input, facts, runId: 'run-1', attempt: 1 },
      { signal: new AbortController().signal },
    );
    took.push(`${step} ${((performance.now() - began) / 1000).toFixed(2)} s`);
    facts = { ...facts, ...done.facts };
    return done;
  };
  const end = async (): Promise<void> => void (await Promise.all([close(), fake.close()]));
  return { run, mine, host, end };
}

const SOURCE = { Dockerfile: 'FROM scratch\nCOPY data.txt /data.txt\nUSER 1001\n', 'data.txt': 'one\n' };

real(`each step runs twice for real: the second time changes nothing${why}`, async () => {
  const { run, mine, host, end } = await stage(SOURCE);
  try {
    for (const step of ['onboard', 'build', 'check', 'push'] as const) {
      const [first, again] = [await run(step), await run(step)];
      expect([first.refused, again.refused]).toEqual([undefined, undefined]);
      // The second build has a log of its own.
      expect({ ...again.facts, log: '' }).toEqual({ ...first.facts, log: '' });
      if (step === 'push') expect(first.figures).toMatchObject({ pushed: 'proved' });
      if (step === 'check') expect(first.findings?.[0]).toMatchObject({ check: 'secrets', outcome: 'passed' });
    }
    expect(gitIn(mine, 'rev-list', '--count', 'main..web-v1')).toBe('2');
    expect(gitIn(mine, 'show', 'web-v1:deployments/web/deployment.yaml')).toContain(`${host}/team/web:v1@sha256:`);
    expect(gitIn(mine, 'status', '--porcelain')).toBe('');
  } finally {
    await end();
  }
});

real(`a key in a layer is found, and a waiver on the branch lets this image pass${why}`, async () => {
  const { run, mine, end } = await stage({ ...SOURCE, 'data.txt': KEY });
  try {
    await run('onboard');
    const { facts } = await run('build');
    expect((await run('check')).refused).toMatchObject({ code: 'CHECK_FAILED' });

    const waiver = {
      rule: 'private-key',
      digest: facts.imageId,
      reason: 'a test',
      person: 'ada',
      expires: '2999-01-01',
    };
    gitIn(mine, 'switch', '--quiet', 'web-v1');
    repositories.commit(mine, { 'deployments/web/waivers.yaml': JSON.stringify({ waivers: [waiver] }) });
    gitIn(mine, 'switch', '--quiet', 'main');

    expect((await run('check')).findings).toContainEqual(
      expect.objectContaining({ check: 'secrets', outcome: 'waived' }),
    );
    expect((await run('push')).figures).toMatchObject({ pushed: 'proved' });
  } finally {
    await end();
  }
});

/** A server without packages, as its user has it: it knows stdin and stdout only. */
const STDIO_SERVER = `
const answers = {
  initialize: () => ({
    protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'small', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [{ name: 'who', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'user ' + process.getuid() + ' ' + process.env.GREETING }] }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method]?.() ?? {} }));
});
`;
const STDIO_SOURCE = {
  'package.json': JSON.stringify({ name: 'small', engines: { node: '24' }, scripts: { start: 'node server.js' } }),
  'package-lock.json': JSON.stringify({ name: 'small', lockfileVersion: 3, packages: { '': { name: 'small' } } }),
  'server.json': JSON.stringify({ packages: [{ transport: { type: 'stdio' } }] }),
  'server.js': STDIO_SERVER,
};

real(`a server over stdin and stdout becomes an image that clients reach at /mcp${why}`, async () => {
  const before = process.env['CONTAINERS_REGISTRIES_CONF'];
  const { run, mine, end } = await stage(STDIO_SOURCE, async (registry) => {
    const file = join(repositories.root, 'registries.conf');
    writeFileSync(file, `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`);
    Object.assign(process.env, { CONTAINERS_REGISTRIES_CONF: file, BUILDAH_ISOLATION: 'chroot' });
    return { 'node:24-bookworm-slim': await pushNodeBase(registry, '24-bookworm-slim') };
  });
  try {
    await run('onboard');
    const { facts } = await run('build');
    expect((await run('check')).findings?.[0]).toMatchObject({ check: 'secrets', outcome: 'passed' });
    expect(gitIn(mine, 'show', 'web-v1:deployments/web/k8s/base/rollout.yaml')).toContain('path: /healthz');

    const image = new RunImage(facts.imageId ?? '');
    try {
      await eventually('health', async () => ((await image.get('/healthz'))?.status === 200 ? true : undefined));
      const client = await connect('2025 client', { url: `${image.url}/mcp` });
      expect((await client.callTool('who', {})).content).toEqual([{ type: 'text', text: 'user 1001 hello' }]);
      await client.close();
      expect(await (await image.get('/metrics'))?.text()).toContain('server="web"');
    } finally {
      expect(await image.end()).toBe(0);
    }
  } finally {
    Object.assign(process.env, { CONTAINERS_REGISTRIES_CONF: before ?? '' });
    await end();
  }
});
