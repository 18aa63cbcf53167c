import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication, startPart, stopPart, type Sandbox } from '../../sandbox/index.ts';
import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { Cluster } from '../support/releases-cluster.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { expectBack, expectEnd, expectNoOtherFailures, expectReleased } from '../support/releases-proof.ts';
import type { Release } from '../support/releases-release.ts';
import { NAMESPACE, Stage } from '../support/releases-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(240_000);

const RUN = Date.now().toString(36).slice(-4);
const BEFORE = 'shop:v1';
/** Longer than the outage, so that nobody is asked meanwhile. */
const ANALYSIS = { soak: '6s', hold: '3m' };
const AWAY_MS = 6_000;

let sandbox: Sandbox;
let lane: Lane;
let good: { stage: Stage; release: Release };
let bad: { stage: Stage; release: Release };

/** One release of a good version and one of a bad one, both in the soak of their first step, under load. */
beforeAll(async () => {
  sandbox = await sharedSandbox();
  lane = await openLane(sandbox, { name: `prometheus-away-${RUN}` });
  const begin = async (name: string, strategy: 'canary' | 'blue-green', behaviour: string) => {
    await applyApplication(sandbox, {
      name,
      namespace: NAMESPACE,
      strategy,
      ...(strategy === 'canary' && { steps: [25, 50] }),
      image: BEFORE,
      rps: 40,
    });
    const stage = new Stage(sandbox, lane, new Cluster(sandbox), name, strategy);
    const release = await stage.start(behaviour, { analysis: ANALYSIS });
    return { stage, release };
  };
  [good, bad] = await Promise.all([
    begin(`pa-good-${RUN}`, 'canary', ''),
    begin(`pa-bad-${RUN}`, 'blue-green', 'errors-60'),
  ]);
  await Promise.all([good, bad].map(({ release }) => release.reaches('soaking')));
}, 900_000);

afterAll(async () => {
  // Others share this Prometheus.
  if (sandbox) await startPart(sandbox, 'prometheus');
  await lane?.stop();
  await Promise.all([good, bad].map((one) => one && removeApplication(sandbox, one.stage.app, NAMESPACE)));
}, 120_000);

test('while Prometheus is away both hold at their step and say why, and nothing new can start', async () => {
  await stopPart(sandbox, 'prometheus', 'SIGKILL');
  const held = await Promise.all(
    [good, bad].map(({ release }) =>
      release.until(
        'it holds without data',
        ({ state, reason }) => state === 'judging' && reason.startsWith('no data, holding'),
      ),
    ),
  );
  for (const seen of held)
    expect(seen).toMatchObject({
      step: { index: 0 },
      reason: expect.stringContaining('Prometheus does not answer (ECONNREFUSED)'),
    });

  const plan = await lane.mcp
    .call<PlanOutput>('release_plan', good.stage.file('shop:v9', { analysis: ANALYSIS }))
    .catch((error: unknown) => error);
  expect(JSON.stringify(plan)).toContain('Prometheus does not answer (ECONNREFUSED)');

  await sleep(AWAY_MS);
  for (const { stage, release } of [good, bad]) {
    const { traffic } = await stage.cluster.read(stage.target);
    expect(traffic.weights.map(({ weight }) => weight)).toEqual(stage.strategy === 'canary' ? [75, 25] : [50, 50]);
    expect(await release.peek()).toMatchObject({ state: 'judging', step: { index: 0 } });
  }
});

test('when it is back the good one goes on to its end and the bad one goes back', async () => {
  await startPart(sandbox, 'prometheus');

  await Promise.all([expectEnd(good.release, 'succeeded'), expectEnd(bad.release, 'rolled-back')]);
  expect((await bad.release.story()).verdict).toMatchObject({ outcome: 'fail' });
  await expectReleased(good.stage, good.release.image);
  await expectBack(bad.stage, BEFORE);
  await expectNoOtherFailures(good.stage);
});
