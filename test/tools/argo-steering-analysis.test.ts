import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SteeringStage, type Form } from '../support/steering-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(180_000);

let stage: SteeringStage;
beforeAll(async () => {
  stage = new SteeringStage(await sharedSandbox());
  await stage.open();
}, 900_000);
afterAll(() => stage?.close(), 200_000);

const analysis = (template: string) => ({ templates: [{ templateName: template }] });
const reason = { reason: 'no traffic at night, tested by hand' };
const start = (name: string) => stage.call('argo_update_rollout_image', name, { image: 'shop:v2' });
const skip = (name: string) => stage.confirmed('argo_skip_analysis_promote', name, reason);
const promote = (name: string) => stage.confirmed('argo_promote_rollout', name);

describe.each<Form>(['canary', 'rolling'])('a step analysis of a %s', (form) => {
  const steps = (template: string) => ({
    steps: [{ setWeight: 25 }, { analysis: analysis(template) }, { setWeight: 50 }, { pause: {} }, { pause: {} }],
  });

  test.concurrent('that runs: promote is refused, skip ends this step alone, sent twice at once too', async () => {
    const name = await stage.make(`step-run-${form}`, { form, change: steps('steer-running') });
    await start(name);
    await stage.until(
      name,
      'the analysis runs',
      ({ status }) => status.canary?.currentStepAnalysisRunStatus?.status === 'Running',
    );
    expect(await promote(name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('is Running'),
      next: expect.stringContaining('argo_skip_analysis_promote'),
    });
    await expect(stage.call('argo_skip_analysis_promote', name, reason)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      message: expect.stringContaining('goes on to step 3'),
    });

    const both = await Promise.all([skip(name), skip(name)]);

    expect(both.map(({ changed }) => changed).toSorted()).toEqual([false, true]);
    expect(both.find(({ changed }) => changed)).toMatchObject({
      effective: 'proved',
      reason: expect.stringContaining('step 1 was ended'),
    });
    await stage.paused(name, 3);
    expect(await skip(name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('argo_promote_rollout'),
    });
    await sleep(1_000);
    expect((await stage.get(name)).status.currentStepIndex).toBe(3);
  });

  test.concurrent('that is inconclusive: promote is refused, skip ends this step and not the pause after it', async () => {
    const name = await stage.make(`step-inc-${form}`, { form, change: steps('steer-inconclusive') });
    await start(name);
    await stage.paused(name, 1);
    expect(await promote(name)).toMatchObject({
      changed: false,
      effective: 'refused',
      next: expect.stringContaining('argo_skip_analysis_promote'),
    });
    expect(await stage.call('argo_resume_rollout', name)).toMatchObject({
      changed: false,
      effective: 'refused',
      next: expect.stringContaining('argo_skip_analysis_promote'),
    });

    expect(await skip(name)).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('step 1 was ended'),
    });

    await stage.paused(name, 3);
    await sleep(1_000);
    expect((await stage.get(name)).status.currentStepIndex).toBe(3);
  });
});

test.concurrent('a background analysis that is inconclusive: skip ends the pause, and the question says what Argo makes of it', async () => {
  const name = await stage.make('background', {
    form: 'canary',
    change: { analysis: analysis('steer-inconclusive-late') },
  });
  await start(name);
  await stage.paused(name, 1);
  // As long as it runs it is not in the way.
  expect(await skip(name)).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringContaining('held by CanaryPauseStep'),
  });
  await stage.until(
    name,
    'inconclusive',
    ({ status }) => status.pauseConditions?.some((pause) => pause.reason === 'InconclusiveAnalysisRun') === true,
  );
  expect(await promote(name)).toMatchObject({ changed: false, effective: 'refused' });
  await expect(stage.call('argo_skip_analysis_promote', name, reason)).rejects.toMatchObject({
    message: expect.stringMatching(/restarts the analysis.*passes all pauses/),
  });

  expect(await skip(name)).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: expect.stringContaining('restarts that analysis'),
  });

  await stage.paused(name, 3);
});

test.concurrent('a background analysis that is inconclusive at once makes Argo pass its pauses: seen, and not hidden', async () => {
  const name = await stage.make('hazard', { form: 'canary', change: { analysis: analysis('steer-inconclusive') } });
  await start(name);
  await stage.until(
    name,
    'past all pauses',
    ({ status }) => status.currentStepIndex === 6 && status.stableRS !== status.currentPodHash,
  );

  expect(await promote(name)).toMatchObject({ changed: false, effective: 'refused' });
  expect(await skip(name)).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: expect.stringContaining('is the stable version'),
  });
});

describe('blue-green', () => {
  test.concurrent('a running analysis before the promotion: promote is refused, skip ends it, the pause holds', async () => {
    const name = await stage.make('pre-run', {
      form: 'blue-green',
      change: { prePromotionAnalysis: analysis('steer-running') },
    });
    await start(name);
    await stage.until(
      name,
      'the analysis runs',
      ({ status }) => status.blueGreen?.prePromotionAnalysisRunStatus?.status === 'Running',
    );
    expect(await promote(name)).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('is Running'),
    });

    expect(await skip(name)).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('counts as a success'),
    });

    const { status } = await stage.paused(name);
    expect(status.pauseConditions?.map((pause) => pause.reason)).toEqual(['BlueGreenPause']);
    expect(status.blueGreen?.activeSelector).toBe(status.stableRS);
  });

  test.concurrent('an inconclusive one before the promotion: skip is a full promotion, and says so', async () => {
    const name = await stage.make('pre-inc', {
      form: 'blue-green',
      change: { prePromotionAnalysis: analysis('steer-inconclusive') },
    });
    await start(name);
    await stage.paused(name);
    expect(await promote(name)).toMatchObject({ changed: false, effective: 'refused' });
    await expect(stage.call('argo_skip_analysis_promote', name, reason)).rejects.toMatchObject({
      message: expect.stringContaining('full promotion: all traffic'),
    });

    expect(await skip(name)).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringContaining('is the stable version'),
    });
  });

  test.concurrent.each(['steer-running', 'steer-inconclusive'])(
    'after the promotion (%s): skip makes the new version stable',
    async (template) => {
      const name = await stage.make(`post-${template.slice(6, 9)}`, {
        form: 'blue-green',
        change: { postPromotionAnalysis: analysis(template) },
      });
      await start(name);
      await stage.paused(name);
      const switched = await promote(name);
      expect(switched).toMatchObject({ changed: true, effective: 'proved' });
      await stage.until(name, 'it is analysed', ({ status }) =>
        ['Running', 'Inconclusive'].includes(status.blueGreen?.postPromotionAnalysisRunStatus?.status ?? ''),
      );
      expect((await stage.get(name)).status.stableRS).not.toBe((await stage.get(name)).status.currentPodHash);

      expect(await skip(name)).toMatchObject({
        changed: true,
        effective: 'proved',
        reason: expect.stringContaining('is the stable version'),
      });
    },
  );
});

test.concurrent('while it is paused by hand or aborted nothing is skipped', async () => {
  const name = await stage.make('no-skip', {
    form: 'canary',
    change: { steps: [{ setWeight: 10 }, { analysis: analysis('steer-running') }, { pause: {} }] },
  });
  await start(name);
  await stage.until(
    name,
    'the analysis runs',
    ({ status }) => status.canary?.currentStepAnalysisRunStatus?.status === 'Running',
  );
  await stage.call('argo_pause_rollout', name);
  expect(await skip(name)).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringContaining('argo_resume_rollout'),
  });

  await stage.confirmed('argo_abort_rollout', name);
  expect(await skip(name)).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringContaining('aborted'),
  });
});
