/**
 * The behaviour that an image tag defines for its pods. The grammar is written only here:
 *
 *   tag      = name { "-" modifier }
 *   modifier = "errors-N"     N % of the answers are 500 (0-100, decimals allowed: errors-0.5), spread pseudo-randomly
 *            | "clump-N"      the errors come in runs of about N answers instead of singly
 *            | "slow-N"       N ms are added to each answer
 *            | "share-N"      slow-N is only for N % of the answers
 *            | "seed-N"       every run of this image has the same failed and slow answers, over all its pods
 *            | "cut-N"        N % of the answers break off after their first bytes
 *            | "after-N"      errors, slowness and cuts begin N s after the pod's start
 *            | "at-N"         they come only while the Service has a weight of N % or more
 *            | "one-pod"      they come from one pod of the version only
 *            | "start-N"      N s until the pod is ready
 *            | "never-ready"  the pod never becomes ready
 *            | "crash-N"      the pod crashes N s after its start and stays in CrashLoopBackOff; restarts count
 *            | "no-image"     the image cannot be pulled: ImagePullBackOff
 *
 * `v1`, `v2`, … and every other name are good versions that answer in 2 to 6 ms. Modifiers can be combined:
 * `v3-errors-20-slow-300`, `v7-errors-2-clump-10-seed-42`. Without a seed the pod's name determines the order.
 */
export interface Behaviour {
  tag: string;
  errorShare: number;
  clump: number;
  addedMs: number;
  /** Share of the answers to which `addedMs` is added, 0…1. */
  slowShare: number;
  /** Share of the answers that break off, 0…1. */
  cutShare: number;
  /** Milliseconds since the pod's start. With 0 it is bad from the beginning. */
  badAfterMs: number;
  /** Percent. With 0 it is bad at any weight. */
  badAtWeight: number;
  onePod: boolean;
  seed: number | undefined;
  startMs: number;
  neverReady: boolean;
  noImage: boolean;
  crashMs: number | undefined;
}

const MODIFIER =
  /-(?:(errors|clump|slow|share|seed|cut|after|at|start|crash)-(\d+(?:\.\d+)?)|(never-ready|no-image|one-pod))(?=-|$)/g;

export function tagOf(image: string): string {
  const name = image.split('@')[0]!;
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : 'latest';
}

export function behaviourOf(image: string): Behaviour {
  const tag = tagOf(image);
  const found: Record<string, number> = {};
  for (const [, modifier, value, flag] of tag.matchAll(MODIFIER)) found[modifier ?? flag!] = Number(value ?? 1);
  return {
    tag,
    errorShare: Math.min(100, found['errors'] ?? 0) / 100,
    clump: Math.max(1, found['clump'] ?? 1),
    addedMs: found['slow'] ?? 0,
    slowShare: Math.min(100, found['share'] ?? 100) / 100,
    cutShare: Math.min(100, found['cut'] ?? 0) / 100,
    badAfterMs: (found['after'] ?? 0) * 1000,
    badAtWeight: found['at'] ?? 0,
    onePod: found['one-pod'] !== undefined,
    seed: found['seed'],
    startMs: (found['start'] ?? 0) * 1000,
    neverReady: found['never-ready'] !== undefined,
    noImage: found['no-image'] !== undefined,
    crashMs: found['crash'] === undefined ? undefined : found['crash'] * 1000,
  };
}

/** A small random generator with a seed, so that a pod's errors are the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Decides which answers fail. The share is exact in the long run, and the order is irregular. */
export function createFailures(
  behaviour: Pick<Behaviour, 'errorShare' | 'clump'>,
  random: () => number,
): () => boolean {
  let left = 0;
  return () => {
    if (
      left === 0 &&
      random() < behaviour.errorShare / (behaviour.clump - (behaviour.clump - 1) * behaviour.errorShare)
    )
      left = behaviour.clump;
    if (left === 0) return false;
    left -= 1;
    return true;
  };
}

/** Returns the duration of each answer, in ms. */
export function createDelays(
  { addedMs, slowShare }: Pick<Behaviour, 'addedMs' | 'slowShare'>,
  random: () => number,
): () => number {
  return () => 2 + random() * 4 + (slowShare === 1 || random() < slowShare ? addedMs : 0);
}

/** Decides the status, the delay and the end of each answer. */
export interface Answering {
  fails: () => boolean;
  delayMs: () => number;
  breaksOff: () => boolean;
}

export function createAnswering(behaviour: Behaviour, seed: number): Answering {
  const random = randomFrom(seed);
  return {
    fails: createFailures(behaviour, random),
    delayMs: createDelays(behaviour, random),
    // It has a separate sequence, so that images without cuts give the same answers as before cuts were added.
    breaksOff: behaviour.cutShare === 0 ? () => false : breaking(behaviour.cutShare, randomFrom(seed + 1)),
  };
}

function breaking(share: number, random: () => number): () => boolean {
  return () => random() < share;
}

/** Whether the conditions that an image names hold for an answer of this pod now. */
export function isBadNow(
  { badAfterMs, badAtWeight, onePod }: Behaviour,
  now: { readonly ageMs: number; readonly weight: number; readonly isFirstPod: boolean },
): boolean {
  return now.ageMs >= badAfterMs && now.weight >= badAtWeight && (!onePod || now.isFirstPod);
}
