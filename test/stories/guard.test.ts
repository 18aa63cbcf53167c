import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication } from '../../sandbox/index.ts';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import type { ShownGuard } from '../../src/toolsets/release/guard-of.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { withRetries } from '../support/mcp-client.ts';
import { Cluster } from '../support/releases-cluster.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { expectBack, expectEnd, expectNoOtherFailures, expectReleased } from '../support/releases-proof.ts';
import { NAMESPACE, Stage } from '../support/releases-stage.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(900_000);

const RUN = Date.now().toString(36).slice(-4);
const RPS = 40;
const BEFORE = 'shop:v1';
/** Longer than a release takes on a busy machine: the version turns bad after it. */
const TURNS_BAD = 'errors-60-after-80';

const STRATEGIES = ['canary', 'blue-green'] as const;

let lane: Lane;
const stages = {} as Record<Strategy, Stage>;
const chapters = {} as Record<Strategy, readonly Promise<unknown>[]>;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  lane = await openLane(sandbox, { name: `guard-${RUN}` });
  for (const strategy of STRATEGIES) {
    const name = `gd-${strategy === 'canary' ? 'c' : 'b'}-${RUN}`;
    const steps = strategy === 'canary' ? { steps: [25, 50] } : {};
    await applyApplication(sandbox, { name, namespace: NAMESPACE, strategy, image: BEFORE, rps: RPS, ...steps });
    stages[strategy] = new Stage(sandbox, lane, new Cluster(sandbox), name, strategy);
  }
  // Both strategies at once; the chapters of each one after the other.
  for (const strategy of STRATEGIES) chapters[strategy] = tell(stages[strategy]);
}, 900_000);

afterAll(async () => {
  await lane?.stop();
  await Promise.all(Object.values(stages).map(({ sandbox, app }) => removeApplication(sandbox, app, NAMESPACE)));
}, 120_000);

interface RolledBack {
  readonly how: string;
  readonly effective: string;
  readonly reason: string;
  readonly run_id: string;
}

const idOf = (stage: Stage) => `release/${stage.sandbox.context}/${NAMESPACE}/${stage.app}`;

function rollBack(stage: Stage): Promise<RolledBack> {
  return lane.mcp.call<RolledBack>('release_rollback', {
    release_id: idOf(stage),
    confirm: idOf(stage),
    reason: 'test',
  });
}

type Shown = ReleaseOutput & { readonly guard?: ShownGuard };

const shown = (stage: Stage): Promise<Shown> =>
  withRetries(() => lane.mcp.call<Shown>('release_get', { release_id: idOf(stage), detail: 'full' }));

/** Release_rollback waits for 25 s; on a busy machine the rest is waited for here. */
async function expectRolledBack(stage: Stage, answer: RolledBack, how: string): Promise<void> {
  expect(answer.how).toBe(how);
  expect(`${answer.effective}: ${answer.reason}`).toMatch(/^(proved|pending): /);
  const seen = await eventually(
    `${stage.app} is rolled back`,
    async () => {
      const view = await shown(stage);
      return view.state === 'rolled-back' && view.closed_at !== undefined ? view : undefined;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
  expect(seen).toMatchObject({ run_id: answer.run_id, weights: { effective: 'proved' } });
}

type Chapter = (stage: Stage) => Promise<void>;

/** Starts the story of one application. A chapter begins when the one before has ended, however it ended. */
function tell(stage: Stage): readonly Promise<unknown>[] {
  let before: Promise<unknown> = Promise.resolve();
  return Object.values(CHAPTERS).map((chapter) => {
    before = before.then(() => chapter(stage).catch((error: unknown) => error));
    return before;
  });
}

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'release_rollback brings the version before a stable one back, and ends its guard': async (stage) => {
    const release = await stage.start('', { guard: '10m' });
    await expectEnd(release, 'succeeded');
    await expectReleased(stage, release.image);
    expect((await shown(stage)).guard).toMatchObject({ state: 'guarding' });

    await expectRolledBack(stage, await rollBack(stage), 'started');
    await expectBack(stage, BEFORE);
    const listed = await lane.mcp.call<{ releases: { guard?: string }[] }>('release_list', stage.target);
    expect(listed.releases.filter(({ guard }) => guard !== undefined)).toEqual([]);
    await expectNoOtherFailures(stage);
  },

  'release_rollback aborts a release that runs': async (stage) => {
    const release = await stage.start('', { require_manual_promotion: true });
    await release.reaches('waiting-for-decision', 120_000);

    await expectRolledBack(stage, await rollBack(stage), 'aborted');
    await expectBack(stage, BEFORE);
    await expectNoOtherFailures(stage);
  },

  'a version that turns bad after its release goes back by itself': async (stage) => {
    const release = await stage.start(TURNS_BAD, { guard: '10m' });
    await expectEnd(release, 'succeeded');

    const seen = await eventually(
      `${stage.app} went back by itself`,
      async () => {
        const view = await shown(stage);
        return view.run_id !== release.runId && view.closed_at !== undefined ? view : undefined;
      },
      { timeoutMs: 300_000, everyMs: 1_000 },
    );
    expect(seen).toMatchObject({
      state: 'rolled-back',
      started_by: 'guard',
      weights: { effective: 'proved' },
      reason: expect.stringMatching(/turned bad after its release: .*; shop:v1 is stable again/),
    });
    const report = await lane.mcp.call<object>('release_report', { release_id: release.id, run_id: release.runId });
    expect(JSON.stringify(report)).toContain('The guard after the release: rolling-back: ');
    await expectBack(stage, BEFORE);
    await expectNoOtherFailures(stage, [release.image]);
  },
};

describe.each(STRATEGIES)('%s under traffic', (strategy) => {
  test.each(Object.keys(CHAPTERS).map((name, index) => [name, index] as const))('%s', async (_, index) => {
    const failure = await chapters[strategy][index];
    if (failure !== undefined) throw failure as Error;
  });
});
