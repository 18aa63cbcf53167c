import { plural } from '../../domain/plural.ts';
import { parseReleaseId, type Target } from '../../domain/release/target.ts';
import type { WorkerBuild } from '../../domain/worker-build.ts';

/** What a person has to know of a build, and may do about it. */
export function wordsOf({ state, pollers, runs }: WorkerBuild): string {
  const open = plural(runs.length, 'open run');
  if (pollers === 0 && runs.length > 0)
    return `${open}, and no worker of this build: nobody carries them on. Start one, or move them with worker_version_move.`;
  if (state === 'current' && pollers === 0) return 'It takes new releases, but none of its workers polls. Start one.';
  if (state === 'current') return `It takes new releases. ${open}.`;
  if (runs.length > 0) return `${open}. Its workers have to run until they end.`;
  return state === 'inactive' ? 'It never took new releases.' : 'No open run needs it. Its workers can be stopped.';
}

/** The target of a run: of a release, of the guard after it, or of its queue. Undefined for a delivery. */
export function targetOf(run: string): Target | undefined {
  return parseReleaseId(run.replace(/^(guard|queue)\//, 'release/'));
}
