import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { acquireBinary, applyApplication, startPart, stopPart, type Sandbox } from '../../sandbox/index.ts';
import { clientOf } from '../../sandbox/apps/applications.ts';
import { loadHost } from '../../sandbox/load/config.ts';
import { pushApplication } from '../../sandbox/real-pods/index.ts';
import { machineState } from '../support/machine-state.ts';
import { cannot, RealPods, versionThrough, why } from '../support/real-pods.ts';
import { Cluster } from '../support/releases-cluster.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { expectBack, expectEnd, expectNoOtherFailures, expectReleased } from '../support/releases-proof.ts';
import { NAMESPACE, Stage } from '../support/releases-stage.ts';
import { eventually } from '../support/releases-wait.ts';
import { Stopwatch } from '../support/stopwatch.ts';

jest.setTimeout(300_000);

const real = cannot === undefined ? test : test.skip;
const APP = 'web';
const HOST = loadHost(APP, NAMESPACE);
const watch = new Stopwatch();

const pods = new RealPods('real-canary');
let before: ReturnType<typeof machineState>;
let sandbox: Sandbox;
let lane: Lane;
let stage: Stage;
let images: Record<'v1' | 'v2' | 'v3', string>;

beforeAll(async () => {
  if (cannot !== undefined) return;
  before = machineState();
  sandbox = await watch.timed('sandbox up', () => pods.up());
  const { path } = await acquireBinary('app');
  const pushed = async (tag: string, errorPercent = 0) => {
    await pushApplication(path, `${sandbox.registry}/team/${APP}:${tag}`, { errorPercent });
    return `${sandbox.registry}/team/${APP}:${tag}`;
  };
  images = { v1: await pushed('v1'), v2: await pushed('v2'), v3: await pushed('v3', 40) };
  lane = await openLane(sandbox, { name: 'real', plainWorker: true });
  await watch.timed('first version served', () =>
    applyApplication(sandbox, {
      ...{ name: APP, namespace: NAMESPACE, strategy: 'canary', steps: [20, 50], image: images.v1 },
      ...{ realPods: true, rps: 40 },
    }),
  );
  stage = new Stage(sandbox, lane, new Cluster(sandbox), APP, 'canary');
}, 900_000);

afterAll(async () => {
  if (cannot !== undefined) return;
  await lane?.stop();
  await pods.down();
  pods.remove();
  watch.print();
}, 120_000);

interface SeenPod {
  metadata: { name: string };
  spec: { nodeName?: string };
  status: { podIP?: string; phase: string; containerStatuses?: { ready: boolean; containerID?: string }[] };
}

async function podsOf(app: string): Promise<SeenPod[]> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3D${app}`;
  return (await clientOf(sandbox).get<{ items: SeenPod[] }>(path)).items;
}

real(`pods of images in the registry run in containers, and other pods stay pretended${why}`, async () => {
  const found = await podsOf(APP);

  expect(found.map(({ spec }) => spec.nodeName)).toEqual(['localhost', 'localhost']);
  for (const { status } of found) {
    expect(status.containerStatuses?.[0]?.containerID).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
    const answer = await fetch(`http://${status.podIP}:8080/`);
    expect(answer.headers.get('x-version')).toBe('v1');
  }

  const { spec: service } = await clientOf(sandbox).get<{ spec: { clusterIP: string } }>(
    `/api/v1/namespaces/${NAMESPACE}/services/${APP}-stable`,
  );
  const throughService = await fetch(`http://${service.clusterIP}:8080/`);
  expect([throughService.status, throughService.headers.get('x-version')]).toEqual([200, 'v1']);

  const [name, image] = ['pretended', 'shop:v1'];
  const spec = { containers: [{ name: 'app', image }] };
  await clientOf(sandbox).apply(`/api/v1/namespaces/${NAMESPACE}/pods/${name}`, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: NAMESPACE, labels: { app: name } } },
    spec,
  });
  const [pretended] = await eventually('the other pod runs', async () => {
    const seen = await podsOf(name);
    return seen[0]?.status.phase === 'Running' ? seen : undefined;
  });
  expect(pretended?.spec.nodeName).toBe('sandbox-node');
});

real(`a canary of real pods: Traefik divides exactly, and the release promotes it${why}`, async () => {
  const release = await watch.timed('start to first approval', async () => {
    const started = await stage.startImage(images.v2, { require_manual_promotion: true });
    await started.reaches('waiting-for-decision', 120_000);
    return started;
  });
  await stage.noTraffic();
  const answers: string[] = [];
  for (let sent = 0; sent < 100; sent += 1)
    answers.push(await versionThrough(sandbox.traefikEntryUrls[0] as string, HOST));
  expect(answers.filter((version) => version === 'v2')).toHaveLength(20);
  expect(answers.filter((version) => version === 'v1')).toHaveLength(80);

  await stage.traffic();
  await watch.timed('the rest of the release', async () => {
    await release.promoteAll();
    await expectEnd(release, 'succeeded');
  });
  await expectReleased(stage, images.v2);
  await expectNoOtherFailures(stage);
});

real(`a real version that fails is rolled back${why}`, async () => {
  const release = await stage.startImage(images.v3);
  await watch.timed('bad version rolled back', () => expectEnd(release, 'rolled-back'));
  await expectBack(stage, images.v2);
  await expectNoOtherFailures(stage, [images.v3]);
});

real(`after a kill of the node its containers are gone, and a new start brings the pods back${why}`, async () => {
  const idsOf = (all: SeenPod[]) => all.map(({ status }) => status.containerStatuses?.[0]?.containerID);
  const killed = idsOf(await podsOf(APP));
  await stopPart(sandbox, 'real-node', 'SIGKILL');
  const none = before.running['app'];
  await eventually('no container runs', () => (machineState().running['app'] === none ? true : undefined));

  await watch.timed('node started again, users served', async () => {
    await startPart(sandbox, 'real-node');
    await eventually('the pods are ready in new containers', async () => {
      const now = await podsOf(APP);
      const isReady = now.every(({ status }) => status.containerStatuses?.[0]?.ready);
      return isReady && !idsOf(now).some((id) => killed.includes(id)) ? true : undefined;
    });
    await eventually('users are served again', async () =>
      (await versionThrough(sandbox.traefikEntryUrls[1] as string, HOST)) === 'v2' ? true : undefined,
    );
  });
});

real(
  `down leaves no container, interface, rule, cgroup or mount, and no setting of the machine changed${why}`,
  async () => {
    await lane.stop();
    await watch.timed('sandbox down', () => pods.down());

    expect(machineState()).toEqual(before);
  },
);
