import { sleep } from '@temporalio/activity';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { Ports } from '../src/ports/index.ts';
import type { Judge, Judgement } from './analysis.ts';
import { isInForce, observeWeight } from './proof.ts';
import { leftBecause, observe, type Left } from './scene.ts';

/** Why a step can no longer be held as it is. */
export type Alarm =
  | { readonly kind: 'failed'; readonly verdict: Verdict }
  | { readonly kind: 'drift'; readonly detail: string }
  | { readonly kind: 'promoted-elsewhere'; readonly detail: string }
  | Left;

export interface Watch extends Judgement {
  readonly wanted: number;
  readonly index: number;
  /** The step has failed already and a person decides: only what others do is watched. */
  readonly failed?: true;
}

const LOOK_MS = 1_000;
/** A step may be held for days: only this much of the past is judged again while it is held. */
const RECENT_MS = 600_000;

export const guardActivities = (ports: Ports, judge: Judge) => ({
  /**
   * Watches a held step, for as long as it is held: returns only when the new version fails its limits, when somebody
   * else
   * changed or stopped the Rollout, or when the weights drifted.
   */
  async guard(watch: Watch): Promise<Alarm> {
    let drifts = 0;
    for (;;) {
      const alarm = (await intruder(ports, watch)) ?? (watch.failed ? undefined : await failing(ports, judge, watch));
      if (alarm) return alarm;
      const drift = await drifted(ports, watch);
      drifts = drift === undefined ? 0 : drifts + 1;
      // Two looks in a row: a proxy that is just reloading is not a drift.
      if (drift !== undefined && drifts >= 2) return { kind: 'drift', detail: drift };
      await sleep(LOOK_MS);
    }
  },
});

async function intruder(ports: Ports, { scene, index }: Watch): Promise<Alarm | undefined> {
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

async function failing(ports: Ports, judge: Judge, watch: Watch): Promise<Alarm | undefined> {
  const { verdict } = await judge({
    since: watch.from,
    ...watch,
    from: Math.max(watch.from, ports.now() - RECENT_MS),
    stepFrom: watch.from,
  });
  return verdict.outcome === 'fail' ? { kind: 'failed', verdict } : undefined;
}

async function drifted(ports: Ports, { scene, wanted }: Watch): Promise<string | undefined> {
  const proof = await observeWeight(ports, scene, wanted);
  return isInForce(proof) ? undefined : proof.reason;
}
