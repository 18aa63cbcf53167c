import { expect } from '@jest/globals';
import type { AppStats } from '../../sandbox/index.ts';
import type { CommandAnswer, Release } from './releases-release.ts';
import type { Stage } from './releases-stage.ts';
import { eventually } from './releases-wait.ts';

/** The new image is stable, Healthy and has all traffic. The target has no owner. */
export async function expectReleased(stage: Stage, image: string): Promise<void> {
  const { rollout, traffic, inForce } = await stage.cluster.read(stage.target);
  expect({ image: stage.cluster.image(rollout), phase: rollout.phase, aborted: rollout.aborted }).toEqual({
    image,
    phase: 'Healthy',
    aborted: false,
  });
  expect([rollout.stableHash, rollout.stableSelector, rollout.candidateSelector]).toEqual([
    rollout.podHash,
    rollout.podHash,
    rollout.podHash,
  ]);
  expectSettled(stage, traffic, inForce);
  expectUnowned(rollout.owner, traffic.owner);
}

/**
 * The old image is stable and Healthy again and has all traffic, so that the next release can start without manual
 * work.
 */
export async function expectBack(stage: Stage, image: string): Promise<void> {
  const { rollout, traffic, inForce } = await stage.cluster.read(stage.target);
  expect({ image: stage.cluster.image(rollout), phase: rollout.phase }).toEqual({ image, phase: 'Healthy' });
  expect([rollout.stableHash, rollout.stableSelector]).toEqual([rollout.podHash, rollout.podHash]);
  if (stage.strategy === 'canary')
    expect([rollout.candidateSelector, rollout.canaryWeight ?? 0]).toEqual([rollout.stableHash, 0]);
  expectSettled(stage, traffic, inForce);
  expectUnowned(rollout.owner, traffic.owner);
}

/** The image of another actor is in the template unchanged. Blue-green traffic is on the active Service. */
export async function expectLeftTo(stage: Stage, image: string): Promise<void> {
  const { rollout, traffic, inForce } = await stage.cluster.read(stage.target);
  expect({ image: stage.cluster.image(rollout), aborted: rollout.aborted }).toEqual({ image, aborted: false });
  if (stage.strategy === 'blue-green') expectSettled(stage, traffic, inForce);
  expectUnowned(rollout.owner, traffic.owner);
}

function expectSettled(
  stage: Stage,
  traffic: { weights: readonly { service: string; weight: number }[] },
  inForce: readonly (number | undefined)[],
): void {
  const [stable, candidate] = stage.strategy === 'canary' ? ['stable', 'canary'] : ['active', 'preview'];
  const weights = Object.fromEntries(traffic.weights.map(({ service, weight }) => [service, weight]));
  expect(weights).toEqual({ [`${stage.app}-${stable}`]: 100, [`${stage.app}-${candidate}`]: 0 });
  expect(inForce).toEqual([0, 0]);
}

function expectUnowned(...owners: unknown[]): void {
  expect(owners).toEqual([undefined, undefined]);
}

/** The release itself reports this end. */
export async function expectEnd(
  release: Release,
  state: 'succeeded' | 'rolled-back' | 'superseded' | 'refused',
): Promise<void> {
  const { state: ended, reason } = await release.ended();
  expect(`${ended}: ${reason}`).toMatch(new RegExp(`^${state}: `));
}

/**
 * Expects that the release refuses a command: at once, or in its record. A worker that is busy or was just killed gets
 * the command later, and then the answer is that it is stored.
 */
export async function expectCommandRefused(
  release: Release,
  sent: Promise<CommandAnswer>,
  code: string,
  text: RegExp,
): Promise<void> {
  const answer = await sent.catch((error: unknown) => error);
  const stored = answer as Partial<CommandAnswer>;
  if (stored.outcome !== 'accepted') return expectRefusal(sent, code, text);
  const recorded = await eventually(`${release.id} answers the stored command`, async () =>
    (await release.story()).commands.find(({ request_id: id }) => id === stored.request_id),
  );
  expect(recorded).toMatchObject({ outcome: 'refused', detail: expect.stringMatching(text) });
}

/** Expects a refusal by a tool, with this code. */
export async function expectRefusal(call: Promise<unknown>, code: string, text: RegExp): Promise<void> {
  const refusal: unknown = await call.then(
    (answer) => new Error(`not refused: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(text) });
}

/** Every failed request was an answer of a version that fails on purpose. */
export async function expectNoOtherFailures(stage: Stage, badImages: readonly string[] = []): Promise<void> {
  const stats = await stage.load();
  const bad = new Set(badImages.map((image) => image.replace(/.*:/, '')));
  expect({
    app: stage.app,
    errors: stats.connectionErrorCodes,
    failures: failuresOf(stats, bad, excusedOf(stage, stats)),
  }).toEqual({ app: stage.app, errors: {}, failures: [] });
}

function failuresOf(stats: AppStats, bad: ReadonlySet<string>, excused: number): object[] {
  const seen = Object.entries(stats.versions).filter(([version]) => !bad.has(version));
  const counts = seen.flatMap(([version, { status }]) =>
    Object.entries(status)
      .filter(([code]) => Number(code) >= 400)
      .map(([code, count]) => ({ version, code, count })),
  );
  const unexcused = counts.filter(
    ({ version, code, count }) => !(version === 'none' && code === '503' && count <= excused),
  );
  return unexcused.length === 0 ? [] : [...unexcused, ...stats.failures];
}

function excusedOf({ excused }: Stage, stats: AppStats): number {
  if (!excused) return 0;
  return stats.failures.filter(
    ({ at, status, version }) => status === 503 && version === 'none' && at >= excused.from && at <= excused.until,
  ).length;
}
