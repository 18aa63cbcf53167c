import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { sharedSandbox } from '../support/sandbox.ts';
import { SteeringStage, type Form } from '../support/steering-stage.ts';

// Pods start, and Argo promotes.
jest.setTimeout(180_000);

let stage: SteeringStage;

beforeAll(async () => {
  stage = new SteeringStage(await sharedSandbox());
  await stage.open();
}, 900_000);

afterAll(() => stage.close(), 200_000);

/** The check of Argo's shortcuts when `image` is to be released. */
async function shortcut(name: string, strategy: string, image: string, acceptFastTrack?: true) {
  const checks = await stage.checksOf(name, { image, strategy, ...(acceptFastTrack ? { acceptFastTrack } : {}) });
  return checks.find((check) => check.name === 'fast track');
}

async function promoted(name: string, image: string): Promise<void> {
  await stage.call('argo_update_rollout_image', name, { image });
  await stage.paused(name);
  await stage.confirmed('argo_promote_rollout', name, { full: true });
  await stage.until(name, `stable on ${image}`, isStable);
}

type Raw = Awaited<ReturnType<SteeringStage['get']>>;
const isStable = ({ status }: Raw) => status.phase === 'Healthy' && status.stableRS === status.currentPodHash;

async function onSecondVersion(part: string, form: Form): Promise<string> {
  const name = await stage.make(part, { form });
  // Argo compares creation times, which have whole seconds: it calls no version of the same second a rollback.
  await sleep(1_100);
  await promoted(name, 'shop:v2');
  return name;
}

test('an earlier image inside the rollback window is refused, and Argo does what the refusal says', async () => {
  const name = await onSecondVersion('window', 'canary');
  expect(await shortcut(name, 'canary', 'shop:v1')).toBeUndefined();
  await stage.patch(name, { spec: { rollbackWindow: { revisions: 3 } } });

  expect(await shortcut(name, 'canary', 'shop:v3')).toMatchObject({ ok: true });
  expect(await shortcut(name, 'canary', 'shop:v1')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('spec.rollbackWindow (3 revisions)'),
    next: expect.stringContaining('accept_fast_track'),
  });
  expect(await shortcut(name, 'canary', 'shop:v1', true)).toMatchObject({ ok: true });

  const { status } = await stage.get(name);
  await stage.call('argo_update_rollout_image', name, { image: 'shop:v1' });
  const reached = await stage.until(
    name,
    'stable on shop:v1 without a promote',
    (now) => now.status.stableRS !== status.stableRS && isStable(now),
  );
  expect(reached.status.pauseConditions ?? []).toEqual([]);
});

test('a blue-green version whose pods wait for their removal is refused', async () => {
  const name = await onSecondVersion('delay', 'blue-green');
  expect(await shortcut(name, 'blue-green', 'shop:v3')).toMatchObject({ ok: true });
  expect(await shortcut(name, 'blue-green', 'shop:v1')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('wait for their removal'),
    next: expect.stringContaining('scaleDownDelaySeconds'),
  });
});
