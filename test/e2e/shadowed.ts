import { expect } from '@jest/globals';
import { terminate } from '../support/releases-operator.ts';
import { expectEnd, expectNoOtherFailures } from '../support/releases-proof.ts';
import { Release } from '../support/releases-release.ts';
import { back, forOne, released, type End, type Play, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { eventually } from '../support/releases-wait.ts';

/** Enough copies that a bad version does not pass by chance. */
const ANALYSIS = { min_requests: 30 };
const SHADOW = { strategy: 'shadow', steps: [100], copies: { percent: 50, within: '60s' }, analysis: ANALYSIS };
const { steps: _, ...OWN_STEPS } = SHADOW;
/** A pod of the new version without users, before the first weight. */
const PODS_FIRST = [
  { setCanaryScale: { weight: 50 } },
  { pause: {} },
  { setWeight: 50 },
  { setCanaryScale: { matchTrafficWeight: true } },
  { pause: {} },
];
/** Copies are still compared while the scenario acts. */
const LONG = { ...SHADOW, analysis: { ...ANALYSIS, soak: '50s' } };

/** Releases that copy reading requests to the new version before it has users. */
export const shadowed: readonly Scenario[] = [
  ...forOne('blue-green', 'copies of reads pass, and then the version gets users', good(SHADOW)),
  ...forOne('blue-green', 'copies of reads find a bad version before it has a user', bad('errors-60')),
  ...forOne('blue-green', 'copies of reads find a slow version before it has a user', bad('slow-900')),
  ...forOne('blue-green', 'copies end with an abort', aborted),
  ...forOne('blue-green', 'copies outlive their worker, and end', killed, { lane: 'chaos' }),
  ...forOne('blue-green', 'copies end when the run is terminated', terminated),
  ...forOne('canary', 'copies of reads are the first step of a good version', podsFirst(good(OWN_STEPS))),
  ...forOne(
    'canary',
    'copies of reads find a bad version before its first weight',
    podsFirst(bad('errors-60', OWN_STEPS)),
  ),
];

function podsFirst(play: Play): Play {
  return async (stage): Promise<End> => {
    await stage.cluster.setArgoSteps(stage.target, PODS_FIRST);
    try {
      return await play(stage);
    } finally {
      await stage.cluster.setSteps(stage.target, [25, 50]);
    }
  };
}

function good(file: object): Play {
  return async (stage) => {
    const release = await stage.start('', { ...file });
    await copied(stage);
    await expectEnd(release, 'succeeded');
    const { events } = await release.story();
    expect(events.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^copies of reads passed: \d+ copies/));
    return noCopies(stage, release);
  };
}

function bad(behaviour: string, file: object = SHADOW): Play {
  return async (stage) => {
    const before = await stage.present();
    const release = await stage.start(behaviour, { ...file });
    await expectEnd(release, 'rolled-back');
    expect((await release.ended()).reason).toContain('copies of reads to');
    await noCopies(stage, release);
    // Not one answer of the bad version has reached a user.
    expect(Object.keys((await stage.load()).versions)).not.toContain(release.image.replace(/.*:/, ''));
    await expectNoOtherFailures(stage);
    return back(before);
  };
}

async function aborted(stage: Stage): ReturnType<Play> {
  const before = await stage.present();
  const release = await stage.start('', LONG);
  await copied(stage);
  await release.abort();
  await expectEnd(release, 'rolled-back');
  await noCopies(stage, release);
  return back(before);
}

async function killed(stage: Stage): ReturnType<Play> {
  stage.arm('split.copyReads', 'after', 'kill');
  const release = await stage.start('', SHADOW);
  await stage.reached('split.copyReads', 'after');
  await stage.lane.worker.ready();
  await expectEnd(release, 'succeeded');
  return noCopies(stage, release);
}

/** The worker learns of it with its next heartbeat. */
async function terminated(stage: Stage): ReturnType<Play> {
  const before = await stage.present();
  const { id, image } = await stage.start('', LONG);
  await copied(stage);
  await terminate(stage, stage.release as Release);
  await noCopies(stage, stage.release as Release);
  const started = await stage.lane.mcp.call<{ run_id: string }>('release_recover', {
    ...{ release_id: id, confirm: id },
    reason: 'its run was terminated',
  });
  stage.release = new Release(stage.lane.mcp, id, started.run_id, image);
  await expectEnd(stage.release, 'rolled-back');
  return back(before);
}

const copied = (stage: Stage): Promise<true> =>
  eventually(`reads of ${stage.app} are copied`, async () => (await stage.cluster.isCopied(stage.target)) || undefined);

async function noCopies(stage: Stage, { image }: Release): ReturnType<Play> {
  await eventually(`nothing of ${stage.app} is copied`, async () =>
    (await stage.cluster.isCopied(stage.target)) ? undefined : true,
  );
  return released(image);
}
