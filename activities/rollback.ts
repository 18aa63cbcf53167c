import { isBackOnStable } from '../src/domain/release/observe.ts';
import { podsTrouble } from '../src/domain/pods.ts';
import type { WeightProof } from '../src/domain/release/proof.ts';
import type { Ports } from '../src/ports/index.ts';
import { waitFor } from './alive.ts';
import { fenceOff, markLost } from './fence.ts';
import { awaitProof, isInForce, observeWeight } from './proof.ts';
import { armServices, isRefusal, leftBecause, observe, trafficRef, type Scene, type Seen } from './scene.ts';

/** A rollback that is under way must not wait for a reading that only explains it. */
const PODS_MS = 1000;

interface Superseded {
  readonly kind: 'superseded';
  readonly detail: string;
}

export type Withdrawn =
  /** `pods`: why the new version's pods were not ready; absent: they were, or it is not known. */
  | { readonly kind: 'withdrawn'; readonly proof: WeightProof; readonly pods?: string }
  | { readonly kind: 'too-late'; readonly detail: string; readonly newHash: string }
  | Superseded;

export type BackOnStable = { readonly kind: 'settled'; readonly proof: WeightProof } | Superseded;

export type Restored = { readonly kind: 'restored'; readonly detail: string } | Superseded;

/** Each of these may be repeated at any point of any rollback: it then finds its work done. */
export const rollbackActivities = (ports: Ports) => ({
  withdraw: async (scene: Scene): Promise<Withdrawn> =>
    (await fenceOff(ports, scene)) ?? (await withdraw(ports, scene)),
  awaitSettled: (scene: Scene) => awaitSettled(ports, scene),
  restoreTemplate: (scene: Scene) => restoreTemplate(ports, scene),
});

/**
 * Takes the traffic off the new version. Blue-green: weights to the active Service first and proved, then the abort;
 * aborting first gave 503s on the preview's share. Canary: the abort is what moves Argo's weights.
 */
async function withdraw(ports: Ports, scene: Scene): Promise<Withdrawn> {
  const first = await observe(ports, scene);
  const stable = tooLate(first, scene);
  if (stable) return stable;
  if (scene.strategy === 'blue-green') await weightsToActive(ports, scene);
  // Weights take their time: for blue-green the first reading is old by then.
  const seen =
    scene.strategy === 'canary' && isNamed(first, scene) ? first : await waitFor(() => namedByController(ports, scene));
  const lost = replaced(seen, scene) ?? tooLate(seen, scene);
  if (lost) return lost;
  let pods: Promise<string | undefined> | undefined;
  if (seen.podHash !== scene.plan.stableHash) {
    const { container, toImage, fromImage } = scene.plan;
    const aborted = await ports.workload.abort(
      scene.target,
      {
        podHash: hashOfNew(seen, scene),
        template: { container, images: [toImage, fromImage] },
      },
      scene.owner,
    );
    pods = podsOf(ports, scene, seen);
    if (isRefusal(aborted)) return lostRace(ports, scene, aborted.detail);
  }
  const gone = await awaitProof(ports, scene, 0, (now) => replaced(now, scene));
  if (gone.kind === 'superseded') return gone;
  const trouble = await pods;
  return { kind: 'withdrawn', proof: gone.proof, ...(trouble === undefined ? {} : { pods: trouble }) };
}

/** Read right after the abort, which scales them down a little later. A rollback neither waits for it nor fails by it. */
async function podsOf(ports: Ports, scene: Scene, seen: Seen): Promise<string | undefined> {
  const hash = hashOfNew(seen, scene);
  if (hash === '' || hash === scene.plan.stableHash) return undefined;
  const read = ports.workload.pods(scene.target, hash).then(podsTrouble, () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), PODS_MS)));
  return Promise.race([read, late]).finally(() => clearTimeout(timer));
}

/**
 * Waits until weight and selectors have stood on the old version for `settleMs` without a break: they flap after an
 * abort.
 */
async function awaitSettled(ports: Ports, scene: Scene): Promise<BackOnStable> {
  let since: number | undefined;
  return waitFor(async () => {
    const seen = await observe(ports, scene);
    const other = replaced(seen, scene);
    if (other) return other;
    const proof = await settledNow(ports, scene, seen);
    since = proof ? (since ?? ports.now()) : undefined;
    const long = since !== undefined && ports.now() - since >= scene.plan.settleMs;
    return proof && long ? { kind: 'settled' as const, proof } : undefined;
  });
}

/**
 * Puts the stable image back into the template and waits until the Rollout is Healthy. A foreign image is left alone.
 */
async function restoreTemplate(ports: Ports, scene: Scene): Promise<Restored> {
  const { container, fromImage, toImage } = scene.plan;
  const set = await ports.workload.setImage(scene.target, { container, from: toImage, to: fromImage }, scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  return waitFor(async () => {
    const seen = await observe(ports, scene);
    if (seen.image !== fromImage) return { kind: 'superseded' as const, detail: `the image is now ${seen.image}` };
    const healthy = seen.observed && seen.phase === 'Healthy' && seen.podHash === scene.plan.stableHash;
    return healthy
      ? { kind: 'restored' as const, detail: `the template is back on ${fromImage} and the Rollout is Healthy` }
      : undefined;
  });
}

async function weightsToActive(ports: Ports, scene: Scene): Promise<void> {
  const written = await ports.split.setWeight(trafficRef(scene), armServices(scene), 0, scene.owner);
  if (isRefusal(written) && !written.holder) throw markLost(written, scene);
  if (!isRefusal(written)) await awaitProof(ports, scene, 0, () => undefined);
}

/**
 * An image that was set, or put back, a moment ago has no hash yet: what is to be aborted is known once the controller
 * has seen it.
 */
async function namedByController(ports: Ports, scene: Scene): Promise<Seen | undefined> {
  const seen = await observe(ports, scene);
  return isNamed(seen, scene) ? seen : undefined;
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

/** The new version is what users get for good: stable, or, blue-green, behind the active Service already. */
function tooLate(seen: Seen, scene: Scene): Withdrawn | undefined {
  const newHash = hashOfNew(seen, scene);
  if (newHash === scene.plan.stableHash || replaced(seen, scene)) return undefined;
  const cutOver = scene.strategy === 'blue-green' && seen.stableSelector === newHash && !seen.aborted;
  if (seen.stableHash !== newHash && !cutOver) return undefined;
  return { kind: 'too-late', detail: `${scene.plan.toImage} is already the stable version`, newHash };
}

async function lostRace(ports: Ports, scene: Scene, detail: string): Promise<Withdrawn> {
  const seen = await observe(ports, scene);
  return tooLate(seen, scene) ?? { kind: 'superseded', detail };
}

async function settledNow(ports: Ports, scene: Scene, seen: Seen): Promise<WeightProof | undefined> {
  if (!isBackOnStable(seen, scene.plan.stableHash, scene.strategy)) return undefined;
  const proof = await observeWeight(ports, scene, 0, seen);
  return isInForce(proof) ? proof : undefined;
}
