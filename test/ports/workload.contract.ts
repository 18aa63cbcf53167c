import { beforeAll, describe, expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Target } from '../../src/domain/release/target.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import type { RolloutState } from '../../src/domain/rollout.ts';

/** One settled application with image `v1`; the tests leave it settled on another image. */
export interface RolloutsFixture {
  readonly rollouts: WorkloadPort;
  readonly target: Target;
  /** The Deployment of the same name has the template, and runs no pods itself. */
  readonly workloadRef?: true;
  /** Sets `spec.paused`, as kubectl does. */
  pauseByHand(paused: boolean): Promise<void>;
}

export const CONTAINER = 'app';
export const V1 = 'shop:v1';
export const V2 = 'shop:v2';
export const V3 = 'shop:v3';
const OTHER_HASH = 'ffffffff';
const MINE = { releaseId: 'release/a', runId: '1' };

export async function errorCode(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'no error',
    (error: unknown) => (error instanceof SluiceError ? error.code : String(error)),
  );
}

/** Reads until it is as wanted. */
async function until(
  { rollouts, target }: RolloutsFixture,
  what: string,
  wanted: (view: RolloutState) => boolean,
): Promise<RolloutState> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const view = await rollouts.read(target);
    if (view.observed && wanted(view)) return view;
    if (Date.now() > deadline) throw new Error(`not ${what}: ${JSON.stringify(view)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isHealthy = (view: RolloutState) => view.phase === 'Healthy' && view.podHash === view.stableHash;
const isPausedAt = (stepIndex: number) => (view: RolloutState) =>
  view.stepIndex === stepIndex && view.controllerPause && view.pauseReasons[0] === 'CanaryPauseStep';

/** A canary with the steps 5, pause, 25, pause. The tests are one story: each goes on where the one before ended. */
export function canaryContract(name: string, create: () => Promise<RolloutsFixture>): void {
  describe(`RolloutsPort of a canary: ${name}`, () => {
    let fixture: RolloutsFixture;
    let rollouts: WorkloadPort;
    let target: Target;
    let at: { podHash: string; stepIndex: number };

    beforeAll(async () => {
      fixture = await create();
      ({ rollouts, target } = fixture);
    }, 180_000);

    test('reads a settled Rollout with its Services and steps', async () => {
      const view = await until(fixture, 'healthy', isHealthy);

      expect(view).toMatchObject({
        target,
        strategy: 'canary',
        images: { [CONTAINER]: V1 },
        aborted: false,
        specPaused: false,
      });
      expect(view.steps).toEqual([{ setWeight: 5 }, { pause: {} }, { setWeight: 25 }, { pause: {} }]);
      expect(view).toMatchObject({
        stableSelector: view.stableHash,
        candidateSelector: view.stableHash,
        trafficRouting: ['traefik'],
        traefikService: target.rollout,
      });
      const workload = { kind: 'Deployment', name: target.rollout, replicas: 0 };
      expect(view.workload).toEqual(fixture.workloadRef ? workload : undefined);
    });

    test('tells a missing Rollout from a missing namespace and an unknown cluster', async () => {
      expect(await errorCode(rollouts.read({ ...target, rollout: 'nobody' }))).toBe('ROLLOUT_NOT_FOUND');
      expect(await errorCode(rollouts.read({ ...target, namespace: 'nowhere' }))).toBe('NAMESPACE_NOT_FOUND');
      expect(await errorCode(rollouts.read({ ...target, cluster: 'nothing' }))).toBe('CLUSTER_UNKNOWN');
      expect(
        await errorCode(
          rollouts.setImage({ ...target, rollout: 'nobody' }, { container: CONTAINER, from: V1, to: V2 }, MINE),
        ),
      ).toBe('ROLLOUT_NOT_FOUND');
    });

    test('an owner keeps others out, and its mark changes neither template nor generation', async () => {
      const before = await rollouts.read(target);
      const mine = { releaseId: 'release/a', runId: '1' };

      expect(await rollouts.claim(target, mine)).toMatchObject({ changed: true });
      expect(await rollouts.claim(target, mine)).toMatchObject({ changed: false });
      expect(await rollouts.claim(target, { releaseId: 'release/b', runId: '9' })).toMatchObject({
        refused: true,
        detail: expect.stringContaining('release/a'),
      });
      expect(await rollouts.claim(target, { ...mine, runId: '2' })).toMatchObject({ refused: true, holder: mine });
      expect(await rollouts.claim(target, { ...mine, runId: '2' }, { ...mine, runId: '3' })).toMatchObject({
        refused: true,
      });
      expect(await rollouts.claim(target, { ...mine, runId: '2' }, mine)).toMatchObject({ changed: true });
      expect(await rollouts.unclaim(target, { releaseId: 'release/b', runId: '9' })).toMatchObject({ changed: false });

      const marked = await rollouts.read(target);
      expect(marked).toMatchObject({
        owner: { releaseId: 'release/a', runId: '2' },
        observed: true,
        podHash: before.podHash,
        phase: 'Healthy',
      });
      expect(await rollouts.unclaim(target, mine)).toMatchObject({ changed: false });
      expect(await rollouts.unclaim(target, { ...mine, runId: '2' })).toMatchObject({ changed: true });
      expect(await rollouts.unclaim(target, { ...mine, runId: '2' })).toMatchObject({ changed: false });
      expect((await rollouts.read(target)).owner).toBeUndefined();
    });

    test('sets an image only over the expected one, and once', async () => {
      await rollouts.claim(target, MINE);
      expect(await rollouts.setImage(target, { container: CONTAINER, from: V3, to: V2 }, MINE)).toMatchObject({
        refused: true,
        detail: expect.stringContaining(V1),
      });
      expect(await rollouts.setImage(target, { container: 'nobody', from: V1, to: V2 }, MINE)).toMatchObject({
        refused: true,
        detail: expect.stringContaining(CONTAINER),
      });
      expect(await rollouts.setImage(target, { container: CONTAINER, from: V1, to: V2 }, MINE)).toMatchObject({
        changed: true,
      });
      expect(await rollouts.setImage(target, { container: CONTAINER, from: V1, to: V2 }, MINE)).toMatchObject({
        changed: false,
      });

      const view = await until(fixture, 'at the first pause', isPausedAt(1));
      at = { podHash: view.podHash, stepIndex: 1 };
      expect(view).toMatchObject({
        images: { [CONTAINER]: V2 },
        candidateSelector: view.podHash,
        stableSelector: view.stableHash,
      });
      expect(view.podHash).not.toBe(view.stableHash);
      await until(fixture, 'at weight 5', ({ canaryWeight }) => canaryWeight === 5);
    });

    test('refuses to promote another template or a step that has not come', async () => {
      expect(await rollouts.advance(target, { ...at, podHash: OTHER_HASH }, MINE)).toMatchObject({
        refused: true,
      });
      expect(await rollouts.advance(target, { ...at, stepIndex: 3 }, MINE)).toMatchObject({ refused: true });
      expect((await rollouts.read(target)).stepIndex).toBe(1);
    });

    test('refuses to promote what is paused by hand: Argo would skip a step', async () => {
      await fixture.pauseByHand(true);
      await until(fixture, 'paused by hand', ({ specPaused }) => specPaused);

      expect(await rollouts.advance(target, at, MINE)).toMatchObject({
        refused: true,
        detail: expect.stringContaining('spec.paused'),
      });

      await fixture.pauseByHand(false);
      await until(fixture, 'back at the first pause', isPausedAt(1));
    });

    test('two promotes at once end one pause; repeated later they change nothing', async () => {
      const results = await Promise.all([rollouts.advance(target, at, MINE), rollouts.advance(target, at, MINE)]);
      expect(results.every((result) => 'changed' in result)).toBe(true);

      await until(fixture, 'at the second pause', isPausedAt(3));
      expect(await rollouts.advance(target, at, MINE)).toMatchObject({ changed: false });
      await until(fixture, 'at weight 25', ({ canaryWeight }) => canaryWeight === 25);
      expect((await rollouts.read(target)).stepIndex).toBe(3);
    });

    test('aborts only what is meant, once, and traffic goes back', async () => {
      expect(await rollouts.abort(target, { podHash: OTHER_HASH }, MINE)).toMatchObject({ refused: true });
      expect(await rollouts.abort(target, at, MINE)).toMatchObject({ changed: true });
      expect(await rollouts.abort(target, at, MINE)).toMatchObject({ changed: false });
      expect(await rollouts.advance(target, { ...at, stepIndex: 3 }, MINE)).toMatchObject({ refused: true });

      const view = await until(
        fixture,
        'at weight 0',
        ({ canaryWeight, phase }) => canaryWeight === 0 && phase === 'Degraded',
      );
      expect(view).toMatchObject({ aborted: true, podHash: at.podHash, images: { [CONTAINER]: V2 } });
    });

    test('the stable template put back makes it healthy again', async () => {
      expect(await rollouts.setImage(target, { container: CONTAINER, from: V2, to: V1 }, MINE)).toMatchObject({
        changed: true,
      });

      const view = await until(fixture, 'healthy', isHealthy);
      expect(view).toMatchObject({ aborted: false, canaryWeight: 0, candidateSelector: view.stableHash });
    });

    test('promoted to the end the new version is stable, and it is too late to abort', async () => {
      await rollouts.setImage(target, { container: CONTAINER, from: V1, to: V3 }, MINE);
      const { podHash } = await until(fixture, 'at the first pause', isPausedAt(1));
      expect(await rollouts.advance(target, { podHash, stepIndex: 1 }, MINE)).toMatchObject({ changed: true });
      await until(fixture, 'at the second pause', isPausedAt(3));
      expect(await rollouts.advance(target, { podHash, stepIndex: 3 }, MINE)).toMatchObject({ changed: true });

      // Argo calls it Healthy one reconciliation before it moves the stable Service: `settle` waits for that, too.
      const view = await until(
        fixture,
        'healthy, with the stable Service on the new version',
        (seen) => isHealthy(seen) && seen.stableSelector === podHash,
      );
      expect(view).toMatchObject({ stableHash: podHash });
      expect(await rollouts.advance(target, { podHash, stepIndex: 3 }, MINE)).toMatchObject({ changed: false });
      expect(await rollouts.abort(target, { podHash }, MINE)).toMatchObject({
        refused: true,
        detail: expect.stringContaining('stable'),
      });
    });
  });
}

/** A blue-green Rollout without auto-promotion, settled on `v1`. */
export function blueGreenContract(name: string, create: () => Promise<RolloutsFixture>): void {
  describe(`RolloutsPort of a blue-green Rollout: ${name}`, () => {
    let fixture: RolloutsFixture;
    let rollouts: WorkloadPort;
    let target: Target;
    const isPaused = (view: RolloutState) => view.controllerPause && view.pauseReasons[0] === 'BlueGreenPause';

    beforeAll(async () => {
      fixture = await create();
      ({ rollouts, target } = fixture);
    }, 180_000);

    test('reads active and preview Service as stable and candidate', async () => {
      const view = await until(fixture, 'healthy', isHealthy);

      expect(view).toMatchObject({
        strategy: 'blue-green',
        autoPromotion: false,
        steps: [],
        stableSelector: view.stableHash,
        candidateSelector: view.stableHash,
      });
      expect(view.stepIndex).toBeUndefined();
    });

    test('aborted at its pause it stays on the old version; the template put back makes it healthy', async () => {
      await rollouts.claim(target, MINE);
      await rollouts.setImage(target, { container: CONTAINER, from: V1, to: V2 }, MINE);
      const { podHash } = await until(fixture, 'paused', isPaused);

      expect(await rollouts.abort(target, { podHash }, MINE)).toMatchObject({ changed: true });
      const view = await until(fixture, 'degraded', ({ phase }) => phase === 'Degraded');
      expect(view).toMatchObject({ aborted: true, stableSelector: view.stableHash, candidateSelector: podHash });
      expect(await rollouts.advance(target, { podHash }, MINE)).toMatchObject({ refused: true });

      await rollouts.setImage(target, { container: CONTAINER, from: V2, to: V1 }, MINE);
      await until(fixture, 'healthy', isHealthy);
    });

    test('promotes what is meant, once', async () => {
      await rollouts.setImage(target, { container: CONTAINER, from: V1, to: V3 }, MINE);
      const { podHash } = await until(fixture, 'paused', isPaused);

      expect(await rollouts.advance(target, { podHash: OTHER_HASH }, MINE)).toMatchObject({ refused: true });
      expect(await rollouts.advance(target, { podHash }, MINE)).toMatchObject({ changed: true });
      expect(await rollouts.advance(target, { podHash }, MINE)).toMatchObject({ changed: false });

      const view = await until(fixture, 'healthy on the new version', isHealthy);
      expect(view).toMatchObject({ stableHash: podHash, stableSelector: podHash, images: { [CONTAINER]: V3 } });
      expect(await rollouts.abort(target, { podHash }, MINE)).toMatchObject({ refused: true });
    });
  });
}
