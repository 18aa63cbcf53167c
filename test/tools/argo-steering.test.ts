import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SteeringStage, type Form, type Raw } from '../support/steering-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(180_000);

let stage: SteeringStage;
beforeAll(async () => {
  stage = new SteeringStage(await sharedSandbox());
  await stage.open();
}, 900_000);
afterAll(() => stage?.close(), 200_000);

const STEPPED: readonly Form[] = ['canary', 'rolling'];
const ALL: readonly Form[] = ['canary', 'blue-green', 'rolling'];
const image = (name: string, tag = 'v2') => stage.call('argo_update_rollout_image', name, { image: `shop:${tag}` });

/** What a promotion changes. Argo goes on writing conditions after it has paused. */
const positionOf = ({ status: { currentStepIndex, pauseConditions, promoteFull, abort } }: Raw) => ({
  currentStepIndex,
  pauseConditions,
  promoteFull,
  abort,
});

/** A Rollout of that form that waits at its first pause with shop:v2. */
async function waiting(
  part: string,
  form: Form,
  more: { change?: Record<string, unknown>; workloadRef?: boolean } = {},
): Promise<string> {
  const name = await stage.make(part, { form, ...more });
  await image(name);
  await stage.paused(name);
  return name;
}

describe.each(STEPPED)('promote of a %s', (form) => {
  test.concurrent('sent twice at once promotes once, and sent later with the same step it changes nothing', async () => {
    const name = await waiting(`twice-${form}`, form);

    const both = await Promise.all([
      stage.call('argo_promote_rollout', name),
      stage.call('argo_promote_rollout', name),
    ]);
    expect(both.map(({ changed }) => changed).toSorted()).toEqual([false, true]);
    const at3 = positionOf(await stage.paused(name, 3));
    const later = await stage.call('argo_promote_rollout', name, { step: 1 });

    expect(later).toMatchObject({
      changed: false,
      effective: 'proved',
      reason: expect.stringContaining('past step 1'),
    });
    expect(positionOf(await stage.get(name))).toEqual(at3);
  });

  test.concurrent('says at which step it is in force, and asks before the step that takes all traffic', async () => {
    const name = await waiting(`steps-${form}`, form);

    const first = await stage.call('argo_promote_rollout', name);
    expect(first).toMatchObject({
      changed: true,
      effective: 'proved',
      before: { step: 1 },
      after: { step: 3, paused_by: ['CanaryPauseStep'] },
    });
    if (form === 'canary')
      expect(first).toMatchObject({
        reason: expect.stringContaining('weight 30 in force on 2 Traefik replicas'),
        after: { weight: 30 },
      });
    expect(await stage.call('argo_promote_rollout', name)).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { step: 5 },
    });
    await expect(stage.call('argo_promote_rollout', name)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      details: { confirm: `steer/${name}` },
    });
    expect((await stage.get(name)).status.currentStepIndex).toBe(5);

    const last = await stage.confirmed('argo_promote_rollout', name);
    expect(last).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('is the stable version'),
    });
    expect(await stage.call('argo_promote_rollout', name)).toMatchObject({
      changed: false,
      effective: 'proved',
      reason: expect.stringContaining('nothing is left to promote'),
    });
  });

  test.concurrent('while paused by hand it is refused, and a resume leaves it at its step', async () => {
    const name = await waiting(`by-hand-${form}`, form);
    expect(await stage.call('argo_pause_rollout', name)).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { paused_by: ['manual', 'CanaryPauseStep'] },
    });
    expect(await stage.call('argo_pause_rollout', name)).toMatchObject({ changed: false, effective: 'proved' });

    expect(await stage.call('argo_promote_rollout', name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('paused by hand'),
      next: expect.stringContaining('argo_resume_rollout'),
    });
    expect(await stage.confirmed('argo_promote_rollout', name, { full: true })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('paused by hand'),
    });

    const resumed = await stage.call('argo_resume_rollout', name);
    expect(resumed).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('still held by CanaryPauseStep'),
      next: expect.stringContaining('argo_promote_rollout'),
    });
    await sleep(1_500);
    expect((await stage.get(name)).status.currentStepIndex).toBe(1);
    expect(await stage.call('argo_resume_rollout', name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('held by CanaryPauseStep'),
    });
  });

  test.concurrent('while pods are still starting it is refused', async () => {
    const name = await stage.make(`starting-${form}`, { form });
    await image(name, 'v2-start-8');

    const early = await stage.call('argo_promote_rollout', name);

    expect(early).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('busy with step 0'),
    });
    expect(await stage.paused(name, 1)).toBeDefined();
  });
});

describe.each(ALL)('%s', (form) => {
  test.concurrent('an abort is proved, a second one changes nothing, and what is aborted is not promoted', async () => {
    const name = await waiting(`abort-${form}`, form);
    await expect(stage.call('argo_abort_rollout', name)).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });

    const aborted = await stage.confirmed('argo_abort_rollout', name);
    expect(aborted).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { aborted: true },
      next: expect.stringContaining('argo_update_rollout_image'),
    });
    if (form === 'canary') expect(await stage.weights(name)).toEqual([100, 0]);
    expect(await stage.confirmed('argo_abort_rollout', name)).toMatchObject({ changed: false, effective: 'proved' });

    const refused = {
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('aborted'),
      next: expect.stringContaining('argo_update_rollout_image'),
    };
    expect(await stage.confirmed('argo_promote_rollout', name)).toMatchObject(refused);
    expect(await stage.confirmed('argo_promote_rollout', name, { full: true })).toMatchObject(refused);
    expect((await stage.get(name)).status).toMatchObject({ abort: true });

    expect(await image(name, 'v1')).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('straight back to it'),
    });
    await stage.until(name, 'Healthy', ({ status }) => status.phase === 'Healthy');
  });

  test.concurrent('a full promotion asks, is proved, and the next one changes nothing', async () => {
    const name = await waiting(`full-${form}`, form);
    await expect(stage.call('argo_promote_rollout', name, { full: true })).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    });

    expect(await stage.confirmed('argo_promote_rollout', name, { full: true })).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('is the stable version'),
    });

    const { status } = await stage.get(name);
    expect(status.stableRS).toBe(status.currentPodHash);
    expect(await stage.confirmed('argo_promote_rollout', name, { full: true })).toMatchObject({
      changed: false,
      effective: 'proved',
    });
  });

  test.concurrent('with nothing under way there is nothing to abort, promote or skip', async () => {
    const name = await stage.make(`idle-${form}`, { form });
    const { metadata, status } = await stage.get(name);

    expect(await stage.confirmed('argo_abort_rollout', name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('nothing to abort'),
    });
    expect(await stage.confirmed('argo_promote_rollout', name)).toMatchObject({ changed: false, effective: 'proved' });
    expect(await stage.confirmed('argo_skip_analysis_promote', name, { reason: 'tested by hand' })).toMatchObject({
      changed: false,
      effective: 'refused',
    });
    expect(await stage.call('argo_resume_rollout', name)).toMatchObject({
      changed: false,
      effective: 'proved',
      reason: 'it is not paused by hand',
    });

    expect(await stage.get(name)).toMatchObject({ metadata: { generation: metadata.generation }, status });
  });

  test.concurrent('an image: guarded, unchanged when it is there, and a rollout under way starts again', async () => {
    const name = await stage.make(`image-${form}`, { form });
    expect(await stage.call('argo_update_rollout_image', name, { image: 'shop:v2', from: 'shop:v9' })).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('shop:v1'),
    });
    await expect(
      stage.call('argo_update_rollout_image', name, { image: 'shop:v2', container: 'ap' }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_NAME', message: expect.stringContaining('there is app') });

    const set = await stage.call('argo_update_rollout_image', name, { image: 'shop:v2', from: 'shop:v1' });
    expect(set).toMatchObject({
      changed: true,
      effective: 'proved',
      before: { images: { app: 'shop:v1' } },
      after: { images: { app: 'shop:v2' } },
    });
    expect(set.after?.['pod_hash']).not.toBe(set.before?.['pod_hash']);
    await stage.paused(name);
    expect(await image(name)).toMatchObject({ changed: false, effective: 'proved' });

    const third = await image(name, 'v3');
    expect(third).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('was given up'),
    });
    if (form !== 'blue-green') expect(third.reason).toContain('step 0 of 6');
  });
});

describe('blue-green', () => {
  test.concurrent('promote asks, switches once, and sent again says that it changed nothing', async () => {
    const name = await waiting('switch', 'blue-green');
    await expect(stage.call('argo_promote_rollout', name)).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });

    const both = await Promise.all([
      stage.confirmed('argo_promote_rollout', name),
      stage.confirmed('argo_promote_rollout', name),
    ]);

    expect(both.map(({ changed, effective }) => [changed, effective]).toSorted()).toEqual([
      [false, 'proved'],
      [true, 'proved'],
    ]);
    expect(await stage.confirmed('argo_promote_rollout', name)).toMatchObject({ changed: false, effective: 'proved' });
  });

  test.concurrent('promote before the preview is ready is refused, where others say "promoted"', async () => {
    const name = await stage.make('early', { form: 'blue-green' });
    await image(name, 'v2-start-6');

    expect(await stage.confirmed('argo_promote_rollout', name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('not ready'),
    });
    const { status } = await stage.paused(name);
    expect(status.blueGreen?.activeSelector).toBe(status.stableRS);
  });

  test.concurrent('with autoPromotionSeconds Argo would put the pause back: refused, and full works', async () => {
    const name = await waiting('by-itself', 'blue-green', {
      change: { autoPromotionEnabled: true, autoPromotionSeconds: 600 },
    });

    expect(await stage.confirmed('argo_promote_rollout', name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('autoPromotionSeconds'),
      next: expect.stringContaining('full: true'),
    });
    expect(await stage.confirmed('argo_promote_rollout', name, { full: true })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
  });

  test.concurrent('an abort is refused while a route sends weight to the preview', async () => {
    const name = await waiting('preview-weight', 'blue-green');
    await stage.setWeights(name, [75, 25]);

    const refused = await stage.confirmed('argo_abort_rollout', name);
    expect(refused).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining(`weight 25 for ${name}-preview`),
      next: expect.stringContaining('traefik_update_route_weights'),
    });
    expect((await stage.get(name)).status.abort).not.toBe(true);

    await stage.setWeights(name, [100, 0]);
    let aborted = await stage.confirmed('argo_abort_rollout', name);
    // The replicas follow within seconds; until then it is refused as well.
    for (let left = 20; aborted.effective === 'refused' && left > 0; left -= 1) {
      expect(aborted.reason).toContain('still sends weight 25');
      await sleep(250);
      aborted = await stage.confirmed('argo_abort_rollout', name);
    }
    expect(aborted).toMatchObject({ changed: true, effective: 'proved' });
  });
});

describe('abort', () => {
  test.concurrent('during a full promotion it stands', async () => {
    // Pods that take long to start keep the promotion going.
    const name = await stage.make('abort-full', { form: 'canary' });
    await image(name, 'v2-start-600');
    await stage.patch(name, { status: { promoteFull: true } }, '/status');

    const aborted = await stage.confirmed('argo_abort_rollout', name);

    expect(aborted).toMatchObject({ changed: true, effective: 'proved', after: { aborted: true } });
    await sleep(3_000);
    const { status } = await stage.get(name);
    expect(status).toMatchObject({ abort: true });
    expect(status.promoteFull ?? false).toBe(false);
    expect(status.stableRS).not.toBe(status.currentPodHash);
  });

  test.concurrent('works while the Rollout is paused by hand', async () => {
    const name = await waiting('abort-by-hand', 'canary');
    await stage.call('argo_pause_rollout', name);

    expect(await stage.confirmed('argo_abort_rollout', name)).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { aborted: true, weight: 0 },
    });
  });
});

describe('pause by hand', () => {
  test.concurrent('Argo goes on writing the weight of the present step, and no step ends', async () => {
    const name = await stage.make('hand-weights', { form: 'canary' });
    await image(name, 'v2-start-3');
    expect(await stage.call('argo_pause_rollout', name)).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('Argo still writes the weight of the present step'),
    });

    await stage.until(name, 'weight 10 while paused', ({ status }) => status.canary?.weights?.canary.weight === 10);
    expect(await stage.get(name)).toMatchObject({ spec: { paused: true }, status: { currentStepIndex: 0 } });

    await stage.call('argo_resume_rollout', name);
    await stage.paused(name, 1);
  });

  test.concurrent('the clock of a timed pause runs on, and an image set meanwhile starts no pods', async () => {
    const name = await stage.make('hand-timed', {
      form: 'canary',
      change: { steps: [{ setWeight: 10 }, { pause: { duration: 4 } }, { setWeight: 30 }, { pause: {} }] },
    });
    await image(name);
    await stage.paused(name, 1);
    await stage.call('argo_pause_rollout', name);
    await sleep(5_000);
    expect((await stage.get(name)).status.currentStepIndex).toBe(1);
    await stage.call('argo_resume_rollout', name);
    await stage.paused(name, 3);

    await stage.call('argo_pause_rollout', name);
    expect(await image(name, 'v3')).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('paused by hand, and no pod starts'),
    });
    await sleep(1_500);
    expect((await stage.get(name)).status.currentStepIndex).toBe(0);
  });
});

describe.each(ALL)('workloadRef, %s', (form) => {
  test.concurrent('image, promote, abort and pause work as with a template', async () => {
    const name = await stage.make(`ref-${form}`, { form, workloadRef: true });

    const set = await stage.call('argo_update_rollout_image', name, { image: 'shop:v2', from: 'shop:v1' });
    expect(set).toMatchObject({
      changed: true,
      effective: 'proved',
      before: { images: { app: 'shop:v1' } },
      after: { images: { app: 'shop:v2' } },
    });
    await stage.paused(name);
    expect(await image(name)).toMatchObject({ changed: false, effective: 'proved' });
    if (form === 'blue-green')
      expect(await stage.confirmed('argo_promote_rollout', name)).toMatchObject({ changed: true, effective: 'proved' });
    else
      expect(await stage.call('argo_promote_rollout', name)).toMatchObject({
        changed: true,
        effective: 'proved',
        after: { step: 3 },
      });
    if (form === 'blue-green') return;

    expect(await stage.call('argo_pause_rollout', name)).toMatchObject({ changed: true, effective: 'proved' });
    expect(await stage.call('argo_resume_rollout', name)).toMatchObject({ changed: true, effective: 'proved' });
    expect(await stage.confirmed('argo_abort_rollout', name)).toMatchObject({
      changed: true,
      effective: 'proved',
      after: { aborted: true },
    });
  });
});
