import type { BackOnStable, Restored, Superseded, Withdrawn } from '../domain/release/moves.ts';
import { podsTrouble } from '../domain/pods.ts';
import type { WeightProof } from '../domain/release/proof.ts';
import type { Scene } from '../domain/release/scene.ts';
import { bringBack } from './bring-back.ts';
import { fenceOff } from './fence.ts';
import { isRefusal, leftBecause, readTarget, type Move, type Seen, type TrafficRules } from './move.ts';
import { awaitProof, isInForce, observeWeight } from './observe.ts';

/** A rollback must not wait for a reading that only explains it. */
const PODS_MS = 1000;

export interface Undoing {
  /** Takes the traffic off the new version and proves it. */
  readonly withdraw: (move: Move) => Promise<Withdrawn>;
  /** Waits until traffic has stayed on the old version for `plan.settleMs` without a break. */
  readonly settle: (move: Move) => Promise<BackOnStable>;
  /** Puts the old version back into the target, and waits until the target is healthy. */
  readonly restore: (move: Move) => Promise<Restored>;
  /** Makes the version before the release stable again where the release's version already is. Nothing is judged. */
  readonly bringBack: (move: Move) => Promise<BackOnStable>;
}

/**
 * The verb `undo`. `before` takes the traffic away where the abort does not do it. Each part may be repeated at any
 * point
 * of any rollback: it then finds its work done.
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
    // Weights take their time: when there was something to do before, the first reading is old by now.
    const seen = !before && isNamed(first, this.#scene) ? first : await this.#named();
    const lost = replaced(seen, this.#scene) ?? this.#tooLate(seen);
    if (lost) return lost;
    const replacing = seen.podHash !== this.#scene.plan.stableHash;
    const refused = replacing ? await this.#abort(seen) : undefined;
    if (refused) return refused;
    // Right after the abort, which scales them down a little later; what the proof needs is not held up.
    const pods = replacing ? this.#podsOfNew(seen) : undefined;
    const gone = await awaitProof(this.#move, this.#rules, 0, (now) => replaced(now, this.#scene));
    if (gone.kind === 'superseded') return gone;
    const trouble = await pods;
    return { kind: 'withdrawn', proof: gone.proof, ...(trouble === undefined ? {} : { pods: trouble }) };
  }

  /** Why the new version's pods are not ready. A rollback neither waits long for it nor fails by it. */
  async #podsOfNew(seen: Seen): Promise<string | undefined> {
    const { world } = this.#move;
    const read = world.workload
      .pods(this.#scene.target, hashOfNew(seen, this.#scene))
      .then(podsTrouble, () => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), PODS_MS)));
    return Promise.race([read, late]).finally(() => clearTimeout(timer));
  }

  /** Weights and selectors flap after an abort. */
  async settle(): Promise<BackOnStable> {
    const { wait, world } = this.#move;
    let since: number | undefined;
    return wait(async () => {
      const seen = await readTarget(this.#move);
      const other = replaced(seen, this.#scene);
      if (other) return other;
      const proof = await this.#settledNow(seen);
      since = proof ? (since ?? world.now()) : undefined;
      const long = since !== undefined && world.now() - since >= this.#scene.plan.settleMs;
      return proof && long ? { kind: 'settled' as const, proof } : undefined;
    });
  }

  async #settledNow(seen: Seen): Promise<WeightProof | undefined> {
    if (!this.#rules.isBackOnStable(seen, this.#scene.plan.stableHash)) return undefined;
    const proof = await observeWeight(this.#move, this.#rules, 0, seen);
    return isInForce(proof) ? proof : undefined;
  }

  /**
   * An image that was set, or put back, a moment ago has no hash yet: what is to be aborted is known once the
   * controller
   * has seen it.
   */
  #named(): Promise<Seen> {
    return this.#move.wait(async () => {
      const seen = await readTarget(this.#move);
      return isNamed(seen, this.#scene) ? seen : undefined;
    });
  }

  async #abort(seen: Seen): Promise<Withdrawn | undefined> {
    const { target, plan, owner } = this.#scene;
    const template = { container: plan.container, images: [plan.toImage, plan.fromImage] };
    const at = { podHash: hashOfNew(seen, this.#scene), template };
    const aborted = await this.#move.world.workload.abort(target, at, owner);
    if (!isRefusal(aborted)) return undefined;
    const now = await readTarget(this.#move);
    return this.#tooLate(now) ?? { kind: 'superseded', detail: aborted.detail };
  }

  /** The new version is what users get for good. */
  #tooLate(seen: Seen): Withdrawn | undefined {
    const { plan } = this.#scene;
    const newHash = hashOfNew(seen, this.#scene);
    if (newHash === plan.stableHash || replaced(seen, this.#scene)) return undefined;
    if (seen.stableHash !== newHash && !this.#rules.isCutOver(seen, newHash)) return undefined;
    return { kind: 'too-late', detail: `${plan.toImage} is already the stable version`, newHash };
  }
}

/**
 * Puts the stable image back into the template and waits until the Rollout is Healthy. A foreign image is left alone.
 */
async function restore(move: Move): Promise<Restored> {
  const { world, scene } = move;
  const { container, fromImage, toImage, stableHash } = scene.plan;
  const set = await world.workload.setImage(scene.target, { container, from: toImage, to: fromImage }, scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  return move.wait(async () => {
    const seen = await readTarget(move);
    if (seen.image !== fromImage) return { kind: 'superseded' as const, detail: `the image is now ${seen.image}` };
    const healthy = seen.observed && seen.phase === 'Healthy' && seen.podHash === stableHash;
    return healthy
      ? { kind: 'restored' as const, detail: `the template is back on ${fromImage} and the Rollout is Healthy` }
      : undefined;
  });
}

function isNamed(seen: Seen, { plan }: Scene): boolean {
  const foreign = seen.image !== plan.toImage && seen.image !== plan.fromImage;
  return seen.observed || foreign;
}

function hashOfNew(seen: Seen, scene: Scene): string {
  return scene.newHash ?? seen.podHash;
}

/**
 * What somebody else put in the place of this release's version. The old image is nobody else's: it was not set yet, or
 * put back.
 */
function replaced(seen: Seen, scene: Scene): Superseded | undefined {
  const { fromImage, stableHash } = scene.plan;
  if (seen.image !== fromImage) {
    const left = leftBecause({ ...seen, aborted: false }, scene);
    return left && { kind: 'superseded', detail: left.detail };
  }
  const foreign = seen.stableHash !== stableHash && seen.stableHash !== scene.newHash;
  return foreign ? { kind: 'superseded', detail: `another version is stable now: ${seen.stableHash}` } : undefined;
}
