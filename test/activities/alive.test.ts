import { expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import { alive, waitFor } from '../../activities/alive.ts';
import { toFailure } from '../../activities/failure.ts';
import { ERRORS, SluiceError, type ErrorCode } from '../../src/domain/errors.ts';
import { onStage, quietEnvironment, Stage } from '../support/builders-scene.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

test.each(CODES)('%s is tried again only where the catalogue says so', (code) => {
  const failure = toFailure(new SluiceError(code, 'what happened'));
  expect(failure).toMatchObject({
    type: code,
    message: 'what happened',
    nonRetryable: !ERRORS[code].retryable,
    details: [{ next: ERRORS[code].next }],
  });
});

test('what is not known passes through as it is, and Temporal tries it again', () => {
  const unknown = new TypeError('x');
  expect(toFailure(unknown)).toBe(unknown);
  const cancelled = new CancelledFailure('cancelled');
  expect(toFailure(cancelled)).toBe(cancelled);
});

test('an activity that fails fails with the code of its error', async () => {
  const failing = alive({ fail: async () => Promise.reject(new SluiceError('NOT_WAITING', 'no')) });
  await expect(quietEnvironment().run(failing.fail)).rejects.toMatchObject({ type: 'NOT_WAITING', nonRetryable: true });
});

test('credentials that are refused are tried again for a while, with those that are read then', async () => {
  const failing = alive({ fail: async () => Promise.reject(new SluiceError('FORBIDDEN', 'no')) });
  const forbidden = new SluiceError('FORBIDDEN', 'no');

  await expect(quietEnvironment().run(failing.fail)).rejects.toMatchObject({ nonRetryable: false });
  expect([5, 6].map((attempt) => (toFailure(forbidden, attempt) as { nonRetryable: boolean }).nonRetryable)).toEqual([
    false,
    true,
  ]);
});

test('a waiting activity heartbeats until it ends, and not after', async () => {
  const environment = quietEnvironment();
  let beats = 0;
  const { wait } = alive({
    wait: () =>
      new Promise<void>((resolve) => environment.on('heartbeat', () => ((beats += 1), beats === 2 && resolve()))),
  });
  await environment.run(wait);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(beats).toBe(2);
});

test('looking ends with the first answer', async () => {
  const answers = [undefined, undefined, 0];
  const { look } = alive({ look: () => waitFor(async () => answers.shift()) });
  expect(await quietEnvironment().run(look)).toBe(0);
});

test('a cancelled activity stops looking', async () => {
  const environment = quietEnvironment();
  let looks = 0;
  const { look } = alive({
    look: () =>
      waitFor(async () => {
        if ((looks += 1) === 2) environment.cancel();
        return undefined;
      }),
  });
  await expect(environment.run(look)).rejects.toThrow(CancelledFailure);
  expect(looks).toBe(2);
});

const WAITING = [
  'start',
  'verify',
  'awaitSettled',
  'settle',
  'guard',
  'awaitVerdict',
  'withdraw',
  'restoreTemplate',
] as const;

test.each(WAITING)('%s ends when it is cancelled, whatever it waits for', async (name) => {
  await onStage(new Stage(), async (stage) => {
    await (name === 'start' ? stage.planned() : stage.atStep());
    stage.world.metricsEmpty(true);
    // An abort waits for its controller inside the adapter, for some seconds.
    stage.world.controllerDown(name !== 'withdraw');
    stage.world.lagReplica('traefik-1', Infinity);
    const input = {
      verify: { scene: stage.scene, wanted: 99 },
      guard: stage.watch(),
      awaitVerdict: stage.watch(),
    } as Record<string, unknown>;
    const environment = quietEnvironment();
    const running = environment.run(
      stage.activities[name] as (one: unknown) => Promise<unknown>,
      input[name] ?? stage.scene,
    );
    const looks = stage.world.calls.length;
    setTimeout(() => environment.cancel(), 300);
    await expect(running).rejects.toThrow(CancelledFailure);
    expect(stage.world.calls.length).toBeGreaterThanOrEqual(looks);
  });
});
