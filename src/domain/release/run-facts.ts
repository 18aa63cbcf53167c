import { cleanText } from '../safe-text.ts';
import type { ReleaseView } from './view.ts';

/** What Temporal knows of a run, besides the release's own view. Times are epoch ms. */
export interface RunFacts {
  /** `stuck`: workers fail at its workflow task again and again. `forgotten`: Temporal has no record of the run. */
  readonly status: 'running' | 'paused' | 'stuck' | 'ended' | 'forgotten';
  /** Temporal's status for how it ended: TERMINATED, TIMED_OUT, FAILED. */
  readonly how?: string;
  readonly endedAt?: number;
  readonly pausedBy?: string;
  readonly pauseReason?: string;
  readonly pausedActivities?: readonly string[];
  /** What the workers say of the task at which they fail. */
  readonly failure?: string;
}

/**
 * The view corrected by the facts about its run. A run that no longer acts cannot update its own view. Such a release
 * needs a human, at every interface.
 */
export function trueView(view: ReleaseView, run: RunFacts): ReleaseView {
  if (view.closedAt !== undefined) return view;
  if (run.status === 'ended' || run.status === 'forgotten') return endedOutside(view, run);
  if (run.status === 'paused' || run.status === 'stuck') return heldByTemporal(view, run);
  const { pausedActivities = [] } = run;
  return pausedActivities.length === 0
    ? view
    : { ...view, reason: `${view.reason}. ${pausedActivitiesText(pausedActivities)}` };
}

/** "at weight 25 while soaking (weight 25 for 60 s)". */
function where({ plan, weightWanted, state, reason }: ReleaseView): string {
  return `${plan ? `at weight ${weightWanted} ` : ''}while it was ${state} (${cleanText(reason, 200)})`;
}

function endedOutside(view: ReleaseView, { how = 'ENDED', endedAt }: RunFacts): ReleaseView {
  const at = endedAt ?? view.events.at(-1)?.at ?? view.startedAt;
  const ended =
    how === 'FORGOTTEN'
      ? 'Temporal no longer has this run. The journal has no end of it'
      : `The run ended from outside: Temporal says ${how}`;
  const { waiting: _, ...rest } = view;
  return {
    ...rest,
    state: 'failed-needs-human',
    reason: `${ended}. It ended ${where(view)}. This traffic is not watched. Call release_recover to put it back on the stable version.`,
    waiting: { for: 'human', answers: ['recover'], sinceMs: at },
    closedAt: at,
  };
}

/** A run that is paused in Temporal, or stuck: signals are queued, updates and queries fail, nothing is decided. */
function heldByTemporal(view: ReleaseView, run: RunFacts): ReleaseView {
  return {
    ...view,
    state: 'failed-needs-human',
    reason: `${heldText(run)} It was held ${where(view)}.`,
    waiting: { for: 'human', answers: [], sinceMs: view.events.at(-1)?.at ?? view.startedAt },
  };
}

/** Why a paused or stuck run does nothing, and the ways to continue. */
export function heldText({ status, pausedBy, pauseReason, failure = '' }: Partial<RunFacts>): string {
  if (status === 'stuck')
    return `No worker can carry the run on: ${cleanText(failure, 300)}. Its workflow task is tried again and again. Until one succeeds, the release decides nothing and rolls nothing back. ${TAKE_BACK}`;
  const by = pausedBy ? ` by ${cleanText(pausedBy, 80)}` : '';
  const why = pauseReason ? ` (${cleanText(pauseReason, 120)})` : '';
  return `The run is paused in Temporal${by}${why}. The release decides nothing and rolls nothing back while it is paused (temporal workflow unpause). ${TAKE_BACK}`;
}

const TAKE_BACK = 'argo_abort_rollout takes the traffic back now.';

function pausedActivitiesText(types: readonly string[]): string {
  const names = [...new Set(types)].join(' and ');
  const watching = types.includes('guard') ? ' The traffic is not watched meanwhile.' : '';
  return `The activity ${names} is paused in Temporal; unpause it with temporal activity unpause.${watching}`;
}
