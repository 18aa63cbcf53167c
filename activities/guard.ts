import { sleep } from '@temporalio/activity';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { Ports } from '../src/ports/index.ts';
import { recent, type Judge, type Judgement } from './analysis.ts';
import { isInForce, observeWeight } from './proof.ts';
import { leftBecause, observe, type Left } from './scene.ts';

/** Why a step can no longer be held as it is. */
export type Alarm =
  | { readonly kind: 'failed'; readonly verdict: Verdict }
  | { readonly kind: 'drift'; readonly detail: string }
  | { readonly kind: 'promoted-elsewhere'; readonly detail: string }
  | Left;

/** What moves while the guard watches. Weights are on their way then, so a drift is not looked for. */
export type Moving = 'starting' | 'shifting' | 'promoting';

export interface Watch extends Omit<Judgement, 'from'> {
  /** As in Judgement; absent before the first weight is proved: the guard counts from its own start. */
  readonly from?: number;
  readonly wanted: number;
  readonly index: number;
  /** Absent: a weight is held. */
  readonly moving?: Moving;
  /** The step has failed already and a person decides: only what others do is watched. */
  readonly failed?: true;
}

const LOOK_MS = 1_000;
/** A step may be held for days: only this much of the past is judged again while it is held. */
const RECENT_MS = 600_000;

export const guardActivities = (ports: Ports, judge: Judge) => ({
  /**
   * Watches a weight for as long as it is held or moved. It returns only when the new version fails, when somebody else
   * changed or stopped the Rollout, or when a held weight drifted.
   */
  async guard(watch: Watch): Promise<Alarm> {
    const from = watch.from ?? ports.now();
    let drifts = 0;
    for (;;) {
      const alarm =
        (await intruder(ports, watch)) ?? (watch.failed ? undefined : await failing(ports, judge, { ...watch, from }));
      if (alarm) return alarm;
      const drift = watch.moving ? undefined : await drifted(ports, watch);
      drifts = drift === undefined ? 0 : drifts + 1;
      // Two looks in a row: a proxy that is just reloading is not a drift.
      if (drift !== undefined && drifts >= 2) return { kind: 'drift', detail: drift };
      await sleep(LOOK_MS);
    }
  },
});

async function intruder(ports: Ports, { scene, index, moving }: Watch): Promise<Alarm | undefined> {
  // The activities that set the image and that promote watch the Rollout themselves. Before the image is set, and after
  // the promotion, the Rollout is not as a held step leaves it.
  if (moving === 'starting' || moving === 'promoting') return undefined;
  const seen = await observe(ports, scene);
  const left = leftBecause(seen, scene);
  if (left) return left;
  const pause = scene.plan.steps[index]?.pauseIndex;
  const cutOver = seen.stableHash === scene.newHash || seen.stableSelector === scene.newHash;
  const promoted = cutOver || (pause !== undefined && seen.observed && (seen.stepIndex ?? pause) > pause);
  return promoted
    ? { kind: 'promoted-elsewhere', detail: 'somebody else promoted the Rollout past the step that is being judged' }
    : undefined;
}

async function failing(ports: Ports, judge: Judge, watch: Watch & Pick<Judgement, 'from'>): Promise<Alarm | undefined> {
  const { verdict } = await judge(recent({ ...watch, recentMs: RECENT_MS }, ports.now()));
  return verdict.outcome === 'fail' ? { kind: 'failed', verdict } : undefined;
}

async function drifted(ports: Ports, { scene, wanted }: Watch): Promise<string | undefined> {
  const proof = await observeWeight(ports, scene, wanted);
  return isInForce(proof) ? undefined : proof.reason;
}
