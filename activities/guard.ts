import { sleep } from '@temporalio/activity';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import { SluiceError } from '../src/domain/errors.ts';
import { preemption, readTarget, trafficRef, type Move, type Seen } from '../src/delivery/move.ts';
import { isInForce } from '../src/delivery/observe.ts';
import type { ExternalChange } from '../src/domain/release/moves.ts';
import { verbsOf } from '../src/strategies/index.ts';
import type { Judge, Judgement } from './analysis.ts';
import type { MoveOf } from './moves.ts';

/** Why a step can no longer be held unchanged. */
export type Alarm =
  | { readonly kind: 'failed'; readonly verdict: Verdict }
  | { readonly kind: 'drift'; readonly detail: string }
  | ExternalChange;

/** What changes while the guard watches. Weights change then, so drift is not checked. */
export type Moving = 'starting' | 'shifting' | 'promoting';

export interface Watch extends Omit<Judgement, 'from'> {
  /** As in Judgement. Absent before the first weight is proved: the guard counts from its own start. */
  readonly from?: number;
  readonly wanted: number;
  readonly index: number;
  /** If absent, a weight is held. */
  readonly moving?: Moving;
  /** The step has already failed and a person decides. Only changes by others are watched. */
  readonly failed?: true;
}

/** The input of a watch after a release: the judgement of all requests to the version that is stable now. */
export type StableWatch = Judgement & {
  /** The run that released the version. Its mark is not a sign of another owner. */
  readonly releasedBy: string;
  /** The version has already failed and a person decides. Only changes by others are watched. */
  readonly failed?: true;
};

/** The reason why the released version is no longer watched. */
export type StableAlarm =
  | { readonly kind: 'failed'; readonly verdict: Verdict }
  | { readonly kind: 'superseded'; readonly detail: string };

const LOOK_MS = 1_000;
/** The act that changes the target begins at the same moment. Its reads and writes go first: users wait for it. */
const YIELD_MS = 150;
/** A step may be held for days. While it is held, only this much of the past is judged again. */
const RECENT_MS = 600_000;

export const guardActivities = (moveOf: MoveOf, judge: Judge) => ({
  /**
   * Watches a weight while it is held or changed. It returns only when the new version fails, when another actor
   * changed or stopped the target, or when a held weight drifted.
   */
  async guard(watch: Watch): Promise<Alarm> {
    const move = await moveOf(watch.scene);
    const counted = { ...watch, from: watch.from ?? move.world.now() };
    if (watch.moving) await sleep(YIELD_MS);
    let drifts = 0;
    for (;;) {
      const unjudged = watch.failed ?? judgesItself(watch);
      const alarm = (await externalChange(move, watch)) ?? (unjudged ? undefined : await failing(judge, counted));
      if (alarm) return alarm;
      const drift = watch.moving ? undefined : await drifted(move, watch);
      drifts = drift === undefined ? 0 : drifts + 1;
      // It takes two consecutive reads, because a proxy that is reloading is not a drift.
      if (drift !== undefined && drifts >= 2)
        return { kind: 'drift', detail: `${drift}${await writerText(move, watch)}` };
      await sleep(LOOK_MS);
    }
  },

  /** Watches the version that a release made stable. Returns when it fails or another owner has the target. */
  async guardStable(watch: StableWatch): Promise<StableAlarm> {
    const move = await moveOf(watch.scene);
    for (;;) {
      const left = leftStable(await readTarget(move), watch);
      if (left !== undefined) return { kind: 'superseded', detail: left };
      const { verdict } = watch.failed ? {} : await judge({ ...watch, recentMs: RECENT_MS });
      if (verdict?.outcome === 'fail') return { kind: 'failed', verdict };
      await sleep(LOOK_MS);
    }
  },
});

/** The owner of the target now. Undefined while the released version is stable and no other run uses it. */
function leftStable(seen: Seen, { scene, releasedBy }: StableWatch): string | undefined {
  const { owner } = seen;
  if (owner && owner.runId !== releasedBy) return `${owner.releaseId} took the target, with its run ${owner.runId}`;
  const left = preemption(seen, scene);
  if (left) return left.detail;
  const other = seen.observed && seen.stableHash !== scene.newHash;
  return other ? `another version became stable: ${seen.stableHash}` : undefined;
}

async function externalChange(move: Move, { scene, index, moving }: Watch): Promise<Alarm | undefined> {
  // The activities that set the image and that promote watch the target themselves. Before the image is set, and after
  // the promotion, the target differs from that of a held step.
  if (moving === 'starting' || moving === 'promoting') return undefined;
  const { observe } = await verbsOf(scene.strategy);
  return observe.externalChange(move, index);
}

/** Copies are only reads, and the counters of stable are of all requests. The start compares the reads of both. */
function judgesItself({ moving, scene }: Watch): boolean {
  return moving === 'starting' && scene.plan.copies !== undefined;
}

async function drifted(move: Move, { scene, wanted }: Watch): Promise<string | undefined> {
  const { observe } = await verbsOf(scene.strategy);
  const proof = await observe.weight(move, wanted);
  return isInForce(proof) ? undefined : proof.reason;
}

/** The writer of the weights, for the end of a sentence. Empty if the weight is right or no writer is known. */
async function writerText({ world, scene }: Move, { wanted }: Watch): Promise<string> {
  try {
    const { writer, weights } = await world.split.read(trafficRef(scene));
    const asWanted = weights.find(({ service }) => service === scene.plan.candidate.service)?.weight === wanted;
    return !writer || asWanted
      ? ''
      : `, last written by ${writer.manager}${writer.time === undefined ? '' : ` at ${writer.time}`}`;
  } catch (error) {
    if (error instanceof SluiceError) return '';
    throw error;
  }
}

async function failing(judge: Judge, watch: Watch & Judgement): Promise<Alarm | undefined> {
  const { verdict } = await judge({ ...watch, recentMs: RECENT_MS, ...(watch.moving && { inMotion: true as const }) });
  return verdict.outcome === 'fail' ? { kind: 'failed', verdict } : undefined;
}
