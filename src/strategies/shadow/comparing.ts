import { BASELINE_MS, judgeCopies, onlyReads, pastOf, type Past } from '../../domain/analysis/copies.ts';
import type { Arms } from '../../domain/analysis/blocks.ts';
import type { Verdict } from '../../domain/analysis/verdict.ts';
import { SluiceError } from '../../domain/errors.ts';
import { preemption, readTarget, type Move, type Seen } from '../../delivery/move.ts';
import type { Started } from '../../domain/release/moves.ts';
import { candidateSelects } from '../../domain/release/observe.ts';
import type { CopyPlan } from '../../domain/release/plan.ts';
import { copyReads, endCopies, tryToEndCopies } from './copying.ts';

/** Stable's past, from which the judge learns how errors clump and how slow answers are. */
const PAST_MS = 3_600_000;
const BETWEEN_LOOKS_MS = 2_000;

/** The comparison of a version that waits without users. */
interface Comparison {
  readonly copies: CopyPlan;
  /** Whether somebody else has promoted the version, so that it has users already. */
  readonly isPast: (seen: Seen) => boolean;
}

/**
 * Has reads copied to the version of the scene, and compares its answers with those of stable. Only a pass lets the
 * release go on. When it returns, nothing is copied any more.
 */
export async function compareCopies(move: Move, comparison: Comparison): Promise<Started> {
  try {
    const compared = await compare(move, comparison);
    const ended = await endCopies(move);
    return ended === 'ended' ? compared : ended;
  } catch (error) {
    await tryToEndCopies(move);
    throw error;
  }
}

async function compare(move: Move, comparison: Comparison): Promise<Started> {
  const { copies } = comparison;
  const begun = await move.wait(
    async () =>
      (await leftOf(move, comparison)) ?? ((await hasPods(move)) ? copyReads(move, copies.percent) : undefined),
  );
  if (begun !== 'in-force') return begun;
  const judge = judgeOf(move, copies);
  return move.wait(async () => (await leftOf(move, comparison)) ?? (await judge()));
}

/** Copies go to whatever the Service of the new version selects. */
async function hasPods(move: Move): Promise<boolean> {
  return candidateSelects(await readTarget(move), move.scene.newHash as string);
}

async function leftOf(move: Move, { isPast }: Comparison): Promise<Started | undefined> {
  const { scene } = move;
  const seen = await readTarget(move);
  const left = preemption(seen, scene);
  if (left) return left;
  const detail = `somebody else promoted ${scene.plan.toImage} while copies of reads were compared`;
  return isPast(seen) ? { kind: 'promoted-elsewhere', newHash: seen.podHash, detail } : undefined;
}

/** Looks at intervals. A result is the end of the comparison. Prometheus may be away for a while. */
function judgeOf(move: Move, { withinMs, ...copies }: CopyPlan): () => Promise<Started | undefined> {
  const from = move.world.now();
  let past: Past | undefined;
  let next = from;
  return async () => {
    const to = move.world.now();
    if (to < next) return undefined;
    next = to + BETWEEN_LOOKS_MS;
    const isOver = to - from >= withinMs;
    const late = `not proved within ${withinMs / 1000} s: `;
    try {
      past ??= pastOf(await reads(move, from - PAST_MS, from), { from: from - PAST_MS, to: from });
      const arms = await reads(move, from - BASELINE_MS, to);
      const verdict = judgeCopies(copies, arms, past, { from, to });
      const soaked = to - from >= copies.limits.soakMs;
      if (verdict.outcome === 'fail') return failed(move, verdict.reason);
      if (verdict.outcome === 'pass' && soaked) return passed(move, verdict);
      return isOver ? failed(move, `${late}${verdict.reason}`) : undefined;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return isOver ? failed(move, `${late}${error.message}`) : undefined;
    }
  };
}

function failed({ scene }: Move, reason: string): Started {
  return { kind: 'failed', detail: `copies of reads to ${scene.plan.toImage}: ${reason}` };
}

function passed({ scene }: Move, { candidate, stable, reason }: Verdict): Started {
  const counts = `${Math.round(candidate?.requests ?? 0)} copies against ${Math.round(stable?.requests ?? 0)} reads of stable`;
  return {
    kind: 'ready',
    newHash: scene.newHash as string,
    detail: `copies of reads passed: ${counts}; ${reason}; nothing is copied any more`,
  };
}

async function reads({ world, scene }: Move, fromMs: number, toMs: number): Promise<Arms> {
  const { candidate, stable } = scene.plan;
  const window = { fromMs, toMs };
  const [ours, others] = await Promise.all([
    world.evidence.counters(candidate.metricsService, window),
    world.evidence.counters(stable.metricsService, window),
  ]);
  return { candidate: onlyReads(ours), stable: onlyReads(others) };
}
