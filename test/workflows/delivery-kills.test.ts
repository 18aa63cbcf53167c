import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DELIVERY_STEPS, type DeliveryView } from '../../src/domain/delivery/delivery.ts';
import type { Deliveries } from '../../src/temporal/deliveries.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { NODE_SERVICE } from '../support/fake-delivery.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';
import { startImageRegistry } from '../support/image-registry.ts';
import { Supervised } from '../support/releases-process.ts';
import { eventually } from '../support/releases-wait.ts';
import { startTestTemporal } from '../support/temporal.ts';

jest.setTimeout(180_000);

const DIGEST = `sha256:${'d'.repeat(64)}`;
/** A builder that writes its calls to a file. Its image and the digest of it are always the same. */
const PROGRAM = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
case "$1" in
  images) echo 'sha256:${'1'.repeat(64)}' ;;
  push)
    for word in "$@"; do case "$word" in --digestfile=*) printf '%s' '${DIGEST}' > "\${word#--digestfile=}" ;; esac; done ;;
esac
`;

const temporal = await startTestTemporal();
const repositories = new GitRepositories();
const { root } = repositories;
const registry = await startImageRegistry();
const queue = `kills${process.pid}`;
const settings = { address: temporal.address, namespace: 'default', connectionOptions: { address: temporal.address } };
const gateway = createTemporalGateway({ temporal: async () => settings, taskQueue: queue });
let worker: Supervised;
let [source, mine] = ['', ''];

beforeAll(() => {
  source = repositories.create('web', NODE_SERVICE);
  mine = repositories.create('mine', { 'README.md': 'mine\n' });
  writeFileSync(join(root, 'buildah'), PROGRAM);
  chmodSync(join(root, 'buildah'), 0o755);
  worker = new Supervised({
    name: 'worker',
    args: ['test/support/delivery-worker.ts'],
    env: { ROOT: root, ADDRESS: temporal.address, QUEUE: queue, REGISTRY: registry.host },
    stateDir: root,
    log: join(root, 'worker.log'),
    ready: /ready/,
  });
});
afterAll(async () => {
  await worker.stop();
  await gateway.close();
  await registry.close();
  await repositories.close();
  await temporal.stop();
});

const linesOf = (file: string): readonly string[] => {
  try {
    return readFileSync(join(root, file), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

async function start(deliveries: Deliveries, name: string): Promise<void> {
  await deliveries.start({
    name,
    version: 'v1',
    asked: { git_url: `file://${source}`, name, version: 'v1', namespace: 'shop' },
    gitUrl: `file://${source}`,
    sourceCommit: gitIn(source, 'rev-parse', 'HEAD'),
    branch: `${name}-v1`,
    base: gitIn(mine, 'rev-parse', 'HEAD'),
    cluster: 'prod',
    namespace: 'shop',
    startedBy: 'cli:ada',
    requestId: name,
  });
}

/** One delivery for each step, which is in that step when the worker dies. */
test('a worker that is killed in each step: every delivery goes on there, and does nothing twice', async () => {
  const names = DELIVERY_STEPS.map((_, index) => `web${index}`);
  for (const name of names) registry.show(`team/${name}`, 'v1', DIGEST);
  await worker.ready();
  for (const name of names) await start(gateway.deliveries, name);
  await eventually(
    'every delivery is in its step',
    () => DELIVERY_STEPS.every((step, index) => linesOf('ran').includes(`web${index} ${step}`)) || undefined,
    { timeoutMs: 90_000, now: () => linesOf('ran') },
  );

  await worker.kill();
  writeFileSync(join(root, 'go'), '');

  for (const [index, name] of names.entries()) {
    const view = await delivered(name);
    expect(view.steps.map(({ state }) => state)).toEqual(DELIVERY_STEPS.map(() => 'done'));
    // The step had its effect before the death, and ran once more after it. No other step did.
    const ran = DELIVERY_STEPS.flatMap((step, at) => (at === index ? [step, step] : [step]));
    expect(linesOf('ran').filter((line) => line.startsWith(`${name} `))).toEqual(ran.map((step) => `${name} ${step}`));
    expect(view.facts.digest).toBe(DIGEST);
    // The deployment, and its digest.
    expect(gitIn(mine, 'rev-list', '--count', `main..${name}-v1`)).toBe('2');
    expect(gitIn(mine, 'show', `${name}-v1:deployments/${name}/k8s/base/rollout.yaml`)).toContain(`v1@${DIGEST}`);
  }
  expect(worker.ends).toEqual(['SIGKILL']);
  // A release that was started before the death has the same request id after it, so it is found and not started again.
  expect(new Set(linesOf('releases')).size).toBe(names.length);
});

function delivered(name: string): Promise<DeliveryView> {
  return eventually(
    `the delivery ${name} is delivered`,
    async () => {
      const view = await gateway.deliveries.get(name).catch(() => undefined);
      return view?.state === 'delivered' ? view : undefined;
    },
    { timeoutMs: 90_000, everyMs: 200, now: () => linesOf('ran') },
  );
}
