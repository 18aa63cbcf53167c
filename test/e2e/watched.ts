import { expect } from '@jest/globals';
import { expectCommandRefused, expectEnd } from '../support/releases-proof.ts';
import { back, forOne, released, type End, type Play, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';

/** Argo's own steps: it goes on from both weights by itself. */
const TIMED = [{ setWeight: 25 }, { pause: { duration: '8s' } }, { setWeight: 50 }, { pause: { duration: 8 } }];
/** Time enough for a verdict at the first weight, on a slow machine too. A bad version ends it earlier. */
const SLOW = [{ setWeight: 25 }, { pause: { duration: '5m' } }, { setWeight: 50 }, { pause: { duration: '8s' } }];
/** It waits at the first weight, and goes on from the second by itself. */
const MIXED = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '4s' } }];
const WATCH = { strategy: 'watched-canary' };

/** Releases whose Rollout has steps with times. */
export const watched: readonly Scenario[] = [
  ...scenario('Argo keeps its times while a good version is watched', TIMED, async (stage) => {
    const release = await stage.start('', WATCH);
    await release.reaches('soaking');
    await expectCommandRefused(release, release.pause(), 'NOT_WAITING', /Argo goes on by its own steps/);
    await expectEnd(release, 'succeeded');
    const { events } = await release.story();
    const texts = events.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['Argo went on from weight 25', 'Argo went on from weight 50']));
    return released(release.image);
  }),

  ...scenario('a bad version that is watched is aborted', SLOW, async (stage) => {
    const before = await stage.present();
    await expectEnd(await stage.start('errors-60', WATCH), 'rolled-back');
    return back(before);
  }),

  ...scenario('an untimed pause of a watched Rollout waits for promote', MIXED, async (stage) => {
    const release = await stage.start('', { ...WATCH, require_manual_promotion: true });
    await release.until('it waits for promote', ({ waiting }) => waiting?.for === 'promotion');
    await release.promote();
    await expectEnd(release, 'succeeded');
    return released(release.image);
  }),

  ...scenario('a release joins an update that somebody else began', TIMED, async (stage) => {
    const image = await foreignUpdate(stage, '');
    await expectEnd(await stage.startImage(image, WATCH), 'succeeded');
    return released(image);
  }),

  ...scenario('a bad update that somebody else began is aborted, and its template is left', SLOW, async (stage) => {
    const before = await stage.present();
    const image = await foreignUpdate(stage, 'errors-60');
    const release = await stage.startImage(image, WATCH);
    await expectEnd(release, 'rolled-back');
    expect((await release.ended()).reason).toContain(`put ${before} back where it came from`);
    const { rollout } = await stage.cluster.read(stage.target);
    expect(stage.cluster.image(rollout)).toBe(image);
    await stage.cluster.setImage(stage.target, before);
    await stage.cluster.untilHealthy(stage.target, before);
    return back(before);
  }),
];

function scenario(name: string, steps: readonly object[], play: Play): Scenario[] {
  const withSteps = async (stage: Stage): Promise<End> => {
    await stage.cluster.setArgoSteps(stage.target, steps);
    try {
      return await play(stage);
    } finally {
      await stage.cluster.setSteps(stage.target, [25, 50]);
    }
  };
  return forOne('canary', name, withSteps);
}

/** As a GitOps controller does it. Argo has begun the update when this resolves. */
async function foreignUpdate(stage: Stage, behaviour: string): Promise<string> {
  const image = stage.image(behaviour);
  await stage.cluster.setImage(stage.target, image);
  await stage.cluster.untilImage(stage.target, image);
  return image;
}
