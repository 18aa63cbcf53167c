import { armServices, readTarget, trafficRef, type Move } from '../../delivery/move.ts';
import type { Preempted, Started } from '../../domain/release/moves.ts';
import type { MirrorPlan } from '../../domain/release/plan.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Mirrored } from '../../ports/split.ts';
import { differenceWords } from './difference-words.ts';
import { preemption } from './observation.ts';

type Shown = Exclude<Mirrored, { error: string }>;

/** The calls of users were compared. */
interface Compared {
  readonly kind: 'compared';
  readonly detail: string;
}

/**
 * Has calls of users that only read sent to the new version as well, until enough of them are compared. The first
 * difference ends it, and so does the end of its time: what was not compared is no proof.
 */
export function mirrored(
  move: Move,
  { calls, withinMs, changing }: MirrorPlan,
): Promise<Compared | Extract<Started, { kind: 'failed' }> | Preempted> {
  const { world, scene } = move;
  const until = world.now() + withinMs;
  return move.wait(async () => {
    const left = preemption(await readTarget(move), scene);
    if (left) return left;
    const seen = (await world.split.mirror?.(trafficRef(scene), armServices(scene), changing)) ?? [];
    const shown = seen.filter((one): one is Shown => !('error' in one));
    const compared = shown.reduce((sum, one) => sum + one.compared, 0);
    const differences = shown.flatMap((one) => one.differences);
    const detail = `${plural(compared, 'mirrored call')} of users compared`;
    if (differences.length > 0) return failed(`${detail}: ${differenceWords(differences)}`);
    if (compared >= calls) return { kind: 'compared' as const, detail: `${detail}: the answers are those of blue` };
    return world.now() < until ? undefined : failed(`${detail} in time, wanted ${calls}${silence(seen)}`);
  });
}

function failed(detail: string): Extract<Started, { kind: 'failed' }> {
  return { kind: 'failed', detail };
}

function silence(seen: readonly Mirrored[]): string {
  const silent = seen.find((one) => 'error' in one);
  return silent ? `; ${silent.replica}: ${cleanText(silent.error, 300)}` : '';
}
