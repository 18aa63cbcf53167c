import { sleep } from '@temporalio/activity';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { Move } from '../src/delivery/move.ts';
import { isInForce } from '../src/delivery/observe.ts';
import type { Intrusion } from '../src/domain/release/moves.ts';
import { strategyOf } from '../src/strategies/index.ts';
import type { Judge, Judgement } from './analysis.ts';
import type { MoveOf } from './moves.ts';

/** Why a step can no longer be held as it is. */
export type Alarm =
  | { readonly kind: 'failed'; readonly verdict: Verdict }
  | { readonly kind: 'drift'; readonly detail: string }
  | Intrusion;

export interface Watch extends Judgement {
  readonly wanted: number;
  readonly index: number;
  /** The step has failed already and a person decides: only what others do is watched. */
  readonly failed?: true;
}

const LOOK_MS = 1_000;
/** A step may be held for days: only this much of the past is judged again while it is held. */
const RECENT_MS = 600_000;

export const guardActivities = (moveOf: MoveOf, judge: Judge) => ({
  /**
   * Watches a held step, for as long as it is held: returns only when the new version fails its limits, when somebody
   * else changed or stopped the target, or when the weights drifted.
   */
  async guard(watch: Watch): Promise<Alarm> {
    const move = await moveOf(watch.scene);
    const { observe } = strategyOf(watch.scene.strategy);
    let drifts = 0;
    for (;;) {
      const alarm =
        (await observe.intrusion(move, watch.index)) ?? (watch.failed ? undefined : await failing(move, judge, watch));
      if (alarm) return alarm;
      const proof = await observe.weight(move, watch.wanted);
      drifts = isInForce(proof) ? 0 : drifts + 1;
      // Two looks in a row: a proxy that is just reloading is not a drift.
      if (drifts >= 2) return { kind: 'drift', detail: proof.reason };
      await sleep(LOOK_MS);
    }
  },
});

async function failing({ world }: Move, judge: Judge, watch: Watch): Promise<Alarm | undefined> {
  const { verdict } = await judge({
    since: watch.from,
    ...watch,
    from: Math.max(watch.from, world.now() - RECENT_MS),
    stepFrom: watch.from,
  });
  return verdict.outcome === 'fail' ? { kind: 'failed', verdict } : undefined;
}
