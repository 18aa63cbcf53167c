import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { sharedSandbox } from '../support/sandbox.ts';
import { SteeringStage } from '../support/steering-stage.ts';

// Pods start.
jest.setTimeout(300_000);

let stage: SteeringStage;

beforeAll(async () => {
  stage = new SteeringStage(await sharedSandbox());
  await stage.open();
}, 900_000);

afterAll(() => stage.close(), 200_000);

test('a Rollout with a background analysis is refused, and why is all that is wrong with its analysis', async () => {
  const analysis = { templates: [{ templateName: 'steer-running' }] };
  const [plain, judged] = await Promise.all([
    stage.make('plan-plain', { form: 'canary' }),
    stage.make('plan-background', { form: 'canary', change: { analysis } }),
  ]);
  const failed = async (rollout: string) =>
    (await stage.checksOf(rollout)).filter(({ ok }) => !ok).map(({ name, detail, next }) => ({ name, detail, next }));

  // Traefik takes up what was just made in its own time; preflight rightly says so until then.
  await untilServed(async () =>
    [...(await failed(plain)), ...(await failed(judged))].every(({ name }) => name !== 'traefik'),
  );
  expect(await failed(plain)).toEqual([]);
  expect(await failed(judged)).toEqual([
    {
      name: 'analysis',
      detail: expect.stringContaining('steer-running'),
      next: expect.stringContaining('spec.strategy.canary.analysis'),
    },
  ]);
});

async function untilServed(served: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await served()); await sleep(100))
    if (Date.now() > deadline) throw new Error('Traefik does not serve the routes of the test');
}
