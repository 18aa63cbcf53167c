import type { BackOnStable, Restored, Superseded, Withdrawn } from '../domain/release/moves.ts';
import { podsTrouble } from '../domain/pods.ts';
import type { ReleasePlan } from '../domain/release/plan.ts';
import type { WeightProof } from '../domain/release/proof.ts';
import type { Scene } from '../domain/release/scene.ts';
import { bringBack } from './bring-back.ts';
import { fenceOff } from './fence.ts';
import {
  changeBack,
  isRefusal,
  preemption,
  readTarget,
  sourceOf,
  type Move,
  type Seen,
  type TrafficRules,
} from './move.ts';
import { newVersion, oldVersion } from '../domain/template/template-change.ts';
import { inTime } from './in-time.ts';
import { awaitProof, isInForce, observeWeight } from './observe.ts';
import { openStreams } from './open-streams.ts';

/** Timeout of a read that only explains a rollback. The rollback must not wait for it. */
const PODS_MS = 1000;

export interface Undoing {
  /** Removes the traffic from the new version and proves it. */
  readonly withdraw: (move: Move) => Promise<Withdrawn>;
  /** Waits until all traffic has been on the old version for `plan.settleMs` without interruption. */
  readonly settle: (move: Move) => Promise<BackOnStable>;
  /** Restores the old version in the target, and waits until the target is healthy. */
  readonly restore: (move: Move) => Promise<Restored>;
  /** Makes the version before the release stable again where the release's version already is. Nothing is judged. */
  readonly bringBack: (move: Move) => Promise<BackOnStable>;
}

/**
 * Implements the verb `undo`. `before` removes the traffic where the abort does not. Each part is idempotent: it may be
 * repeated at any point of any rollback.
 */
export function undoWith(rules: TrafficRules, before?: (move: Move) => Promise<void>): Undoing {
  return {
    withdraw: async (move) => (await fenceOff(move)) ?? (await new Rollback(move, rules).withdraw(before)),
    settle: (move) => new Rollback(move, rules).settle(),
    restore,
    bringBack: async (move) => (await fenceOff(move)) ?? (await bringBack(move, rules, before)),
  };
}

class Rollback {
  readonly #move: Move;
  readonly #scene: Scene;
  readonly #rules: TrafficRules;

  constructor(move: Move, rules: TrafficRules) {
    this.#move = move;
    this.#scene = move.scene;
    this.#rules = rules;
  }

  async withdraw(before?: (move: Move) => Promise<void>): Promise<Withdrawn> {
    const first = await readTarget(this.#move);
    const stable = this.#tooLate(first);
    if (stable) return stable;
    await before?.(this.#move);
    // `before` may take a long time, so the first read is outdated after it.
    const seen = !before && isNamed(first, this.#scene) ? first : await this.#named();
    const lost = replaced(seen, this.#scene) ?? this.#tooLate(seen);
    if (lost) return lost;
    const replacing = seen.podHash !== this.#scene.plan.stableHash;
    const refused = replacing ? await this.#abort(seen) : undefined;
    if (refused) return refused;
    // Reads right after the abort, because Argo scales the pods down a little later. The read runs in parallel with the
    // proof.
    const pods = replacing ? this.#podsOfNew(seen) : undefined;
    const gone = await awaitProof(this.#move, this.#rules, 0, (now) => replaced(now, this.#scene));
    if (gone.kind === 'superseded') return gone;
    const trouble = await pods;
    return { kind: 'withdrawn', proof: gone.proof, ...(trouble === undefined ? {} : { pods: trouble }) };
  }

  /** Why the new version's pods are not ready. The rollback waits only briefly for it, and a failure is ignored. */
  async #podsOfNew(seen: Seen): Promise<string | undefined> {
    const { world } = this.#move;
    const read = world.workload
      .pods(this.#scene.target, hashOfNew(seen, this.#scene))
      .then(podsTrouble, () => undefined);
    return inTime(read, PODS_MS);
  }

  /** Weights and selectors change repeatedly after an abort. */
  async settle(): Promise<BackOnStable> {
    const { wait, world } = this.#move;
    let since: number | undefined;
    const back = await wait(async () => {
      const seen = await readTarget(this.#move);
      const other = replaced(seen, this.#scene);
      if (other) return other;
      const proof = await this.#settledNow(seen);
      since = proof ? (since ?? world.now()) : undefined;
      const long = since !== undefined && world.now() - since >= this.#scene.plan.settleMs;
      return proof && long ? { kind: 'settled' as const, proof } : undefined;
    });
    if (back.kind !== 'settled') return back;
    const { candidate, toImage } = this.#scene.plan;
    const streams = await openStreams(this.#move, candidate, toImage);
    return { ...back, ...(streams === undefined ? {} : { streams }) };
  }

  async #settledNow(seen: Seen): Promise<WeightProof | undefined> {
    if (!this.#rules.isBackOnStable(seen, this.#scene.plan.stableHash)) return undefined;
    const proof = await observeWeight(this.#move, this.#rules, 0, seen);
    return isInForce(proof) ? proof : undefined;
  }

  /**
   * An image that was just set, or restored, has no hash yet. The version to abort is known once the controller has
   * observed the image.
   */
  #named(): Promise<Seen> {
    return this.#move.wait(async () => {
      const seen = await readTarget(this.#move);
      return isNamed(seen, this.#scene) ? seen : undefined;
    });
  }

  async #abort(seen: Seen): Promise<Withdrawn | undefined> {
    const { target, plan, owner } = this.#scene;
    const { from, to } = plan.template ?? {};
    const digests = from === undefined || to === undefined ? {} : { digests: [from, to] };
    const template = { container: plan.container, images: [plan.toImage, ...imagesBefore(plan)], ...digests };
    const at = { podHash: hashOfNew(seen, this.#scene), template };
    const aborted = await this.#move.world.workload.abort(target, at, owner);
    if (!isRefusal(aborted)) return undefined;
    const now = await readTarget(this.#move);
    return this.#tooLate(now) ?? { kind: 'superseded', detail: aborted.detail };
  }

  /** The new version is already permanent for users. */
  #tooLate(seen: Seen): Withdrawn | undefined {
    const { plan } = this.#scene;
    const newHash = hashOfNew(seen, this.#scene);
    if (newHash === plan.stableHash || replaced(seen, this.#scene)) return undefined;
    if (seen.stableHash !== newHash && !this.#rules.isCutOver(seen, newHash)) return undefined;
    return { kind: 'too-late', detail: `${plan.toImage} is already the stable version`, newHash };
  }
}

/**
 * Restores the stable image in the template and waits until the Rollout is Healthy. An image of another actor stays
 * unchanged.
 */
async function restore(move: Move): Promise<Restored> {
  const { world, scene } = move;
  const { fromImage, toImage, stableHash } = scene.plan;
  const { templateImage } = scene.plan;
  // A release that ended before it set its own image finds the earlier one in the template.
  const left = templateImage !== undefined && (await readTarget(move)).image === templateImage;
  const from = left ? templateImage : toImage;
  const set = await world.workload.setImage(scene.target, changeBack(move, from), scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  return move.wait(async () => {
    const seen = await readTarget(move);
    if (seen.image !== oldVersion(scene.plan))
      return { kind: 'superseded' as const, detail: `the image was changed to ${seen.image}` };
    const healthy = seen.observed && seen.phase === 'Healthy' && seen.podHash === stableHash;
    return healthy
      ? {
          kind: 'restored' as const,
          detail: `the template is back on ${fromImage} and the Rollout is Healthy`,
          ...sourceOf(set),
        }
      : undefined;
  });
}

function isNamed(seen: Seen, { plan }: Scene): boolean {
  const foreign = seen.image !== newVersion(plan) && !isBefore(seen, plan);
  return seen.observed || foreign;
}

/** The images that the template has before the release sets its own, and after the rollback. */
function imagesBefore({ fromImage, templateImage }: ReleasePlan): readonly string[] {
  return templateImage === undefined ? [fromImage] : [fromImage, templateImage];
}

function isBefore({ image }: Seen, plan: ReleasePlan): boolean {
  if (plan.template) return image === oldVersion(plan);
  return image !== undefined && imagesBefore(plan).includes(image);
}

function hashOfNew(seen: Seen, scene: Scene): string {
  return scene.newHash ?? seen.podHash;
}

/**
 * Whether another actor replaced this release's version. The old image is no replacement: the release has not set its
 * own image yet, or has restored the old one.
 */
function replaced(seen: Seen, scene: Scene): Superseded | undefined {
  const { stableHash } = scene.plan;
  if (!isBefore(seen, scene.plan)) {
    const preempted = preemption({ ...seen, aborted: false }, scene);
    return preempted?.kind === 'superseded' ? { kind: 'superseded', detail: preempted.detail } : undefined;
  }
  const foreign = seen.stableHash !== stableHash && seen.stableHash !== scene.newHash;
  return foreign ? { kind: 'superseded', detail: `another version became stable: ${seen.stableHash}` } : undefined;
}
