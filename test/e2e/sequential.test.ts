import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { Cluster } from '../support/releases-cluster.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { expectBack, expectEnd, expectNoOtherFailures, expectReleased } from '../support/releases-proof.ts';
import type { Release } from '../support/releases-release.ts';
import { NAMESPACE, Stage } from '../support/releases-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(600_000);

const RUN = Date.now().toString(36).slice(-4);
/** 15 requests a second for a canary with a quarter: some 300 of them are a proof within one point. */
const RPS = 60;
const BEFORE = 'shop:v1';
const APPS = { good: `sq-good-${RUN}`, bad: `sq-bad-${RUN}` };

/** No fixed limit: only the comparison with stable decides. */
const ANALYSIS = {
  judge: 'sequential',
  soak: '5s',
  min_requests: 50,
  success_ratio: undefined,
  p95_ms: undefined,
  warm_up: '2s',
  slower_than_ms: [500],
  on_inconclusive: 'extend',
  on_too_little_traffic: 'extend',
  extend: '90s',
};

let lane: Lane;
let stages: Record<keyof typeof APPS, Stage>;
/** Both run at once; each has an application of its own. */
let releases: Record<keyof typeof APPS, Release>;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  lane = await openLane(sandbox, { name: `sequential-${RUN}` });
  await Promise.all(
    Object.values(APPS).map((name) =>
      applyApplication(sandbox, {
        name,
        namespace: NAMESPACE,
        strategy: 'canary',
        steps: [25, 50],
        image: BEFORE,
        rps: RPS,
      }),
    ),
  );
  const stage = (app: string) => new Stage(sandbox, lane, new Cluster(sandbox), app, 'canary');
  stages = { good: stage(APPS.good), bad: stage(APPS.bad) };
  releases = {
    good: await stages.good.start('', { analysis: ANALYSIS }),
    bad: await stages.bad.start('errors-6', { analysis: ANALYSIS }),
  };
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  await Promise.all(Object.values(stages ?? {}).map(({ sandbox, app }) => removeApplication(sandbox, app, NAMESPACE)));
}, 120_000);

test('the plan says how the release will be judged', async () => {
  const plan = await lane.mcp.call<PlanOutput>('release_plan', stages.good.file('shop:v2', { analysis: ANALYSIS }));

  expect(plan.limits).toEqual({
    judge: 'sequential',
    soak: '5s',
    min_requests: 50,
    alpha: 0.05,
    margins: { errors: 0.01, slow: 0.05 },
    slower_than_ms: [500],
    warm_up: '2s',
    on_no_data: 'hold',
    on_too_little_traffic: 'extend',
    on_inconclusive: 'extend',
    hold: '30s',
    extend: '1m30s',
    answer_within: '1m30s',
  });
});

test('a version like stable is proved not worse and promoted', async () => {
  const [stage, release] = [stages.good, releases.good];
  await expectEnd(release, 'succeeded');
  const { verdict, events } = await release.story();
  say(events);

  expect(verdict).toMatchObject({
    outcome: 'pass',
    findings: [
      { metric: 'errors', outcome: 'pass' },
      { metric: 'slow-500ms', outcome: 'pass' },
    ],
  });
  expect(verdict?.reason).toMatch(/errors: new 0\.00 % of \d+, stable 0\.00 % of \d+; proved not worse by 1\.0 points/);
  await expectReleased(stage, release.image);
  await expectNoOtherFailures(stage);
});

test('a version with 6 % errors, which no fixed limit was set against, fails and is rolled back', async () => {
  const [stage, release] = [stages.bad, releases.bad];
  await expectEnd(release, 'rolled-back');
  const { verdict, events, reason } = await release.story();
  say(events);

  expect(reason).toMatch(/errors: new \d+\.\d+ % of \d+, stable 0\.00 % of \d+; worse by more than 1\.0 points/);
  expect(verdict).toMatchObject({
    outcome: 'fail',
    findings: expect.arrayContaining([expect.objectContaining({ metric: 'errors', outcome: 'fail' })]),
  });
  await expectBack(stage, BEFORE);
  await expectNoOtherFailures(stage, [release.image]);
});

/** How long it took to decide is what one wants to know of such a test. */
function say(events: readonly { at: string; state: string; text: string }[]): void {
  process.stderr.write(`${events.map(({ at, state, text }) => `${at} ${state}: ${text}`).join('\n')}\n`);
}
