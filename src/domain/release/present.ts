import { isOpen } from '../analysis/verdict.ts';
import { needWords } from './need-words.ts';
import { noDataText } from './no-data.ts';
import { OPEN_WORDS, POLICY_WORDS } from './open-verdict.ts';
import { asksApproval, type ReleaseView, type Waiting } from './view.ts';

/**
 * A release as every interface shows it. The workflow's own view differs in five points: a held step keeps the reason
 * of the first verdict, a manual pause is not a question, the weight of a promoted version is 0 because no weight is
 * left, a rollback keeps the weight of the step until the traffic is off it, and it does not know of missing data.
 * `view.verdict` is the newest known verdict. The function is idempotent.
 */
export function present(view: ReleaseView): ReleaseView {
  const pause = view.state === 'paused' ? pauseOf(view) : undefined;
  const reason = headline(view);
  return {
    ...view,
    reason: withNoData(view, pause ? pause.reason(reason) : reason),
    weightWanted: wantedOf(view),
    ...(pause ? { waiting: pause.waiting } : {}),
  };
}

function withNoData({ noDataSince }: ReleaseView, reason: string): string {
  const text = noDataSince === undefined ? '' : noDataText(noDataSince);
  return reason.includes(text) ? reason : `${reason}. ${text}`;
}

/**
 * Percent of the users that the release intends to have on the new version now. Undefined if it does not know, because
 * another actor set another version or the release ended early.
 */
export function usersPercent(view: ReleaseView): number | undefined {
  if (view.state === 'succeeded') return 100;
  if (view.state === 'rolled-back' || view.state === 'refused') return 0;
  if (view.state === 'superseded') return undefined;
  return wantedOf(view);
}

function wantedOf(view: ReleaseView): number {
  if (isRollingBack(view)) return 0;
  return isPromoted(view) ? 100 : view.weightWanted;
}

/**
 * Whether a rollback is under way, or waits for a person. The reason of a waiting one begins with these words
 * (workflows/retry-until-done.ts).
 */
function isRollingBack({ state, reason, closedAt }: ReleaseView): boolean {
  if (state === 'aborting') return true;
  return state === 'failed-needs-human' && closedAt === undefined && reason.startsWith('the rollback ');
}

/** Whether the new version is the stable one. Then it has all traffic, and its Service has no weight of its own. */
function isPromoted({ state, weightWanted }: ReleaseView): boolean {
  return state === 'succeeded' || (state === 'promoting' && weightWanted === 0);
}

/** The reason of the current state, with the newest verdict where the step is held or a decision is requested. */
function headline({ state, reason, verdict, waiting, spec }: ReleaseView): string {
  if (!verdict || !isOpen(verdict.outcome) || reason.startsWith('Paused by ')) return reason;
  const words = OPEN_WORDS[verdict.outcome];
  const need = needWords(verdict);
  // Long reasons are cut at their end, so what is needed comes before the counts of each question.
  const told = need === undefined ? verdict.reason : `${need} ${verdict.reason}`;
  if (waiting?.for === 'decision') return `${words}, a person has to decide: ${told}`;
  if (state !== 'judging' && state !== 'paused') return reason;
  if (!isHeld(reason)) return reason;
  const policy = spec.analysis.policies?.[verdict.outcome] ?? 'hold';
  return `${words}, ${POLICY_WORDS[policy]}: ${told}`;
}

/** Whether a reason is the workflow's own for a held step. */
function isHeld(reason: string): boolean {
  return Object.values(OPEN_WORDS).some((words) =>
    Object.values(POLICY_WORDS).some((doing) => reason.startsWith(`${words}, ${doing}: `)),
  );
}

const PAUSED = /^paused(?:: (?<why>.*))?$/s;

function pauseOf({ waiting, startedAt, events }: ReleaseView) {
  const event = events.findLast(({ text }) => PAUSED.test(text));
  const why = event && PAUSED.exec(event.text)?.groups?.['why'];
  const by = `Paused by ${event?.who ?? 'somebody'}${why ? ` (${why})` : ''}.`;
  const approval = asksApproval(waiting) ? ['approve', 'reject'] : [];
  const resume: Waiting = {
    for: 'resume',
    answers: ['resume', ...approval, 'abort'],
    sinceMs: event?.at ?? startedAt,
  };
  return {
    waiting: waiting?.for === 'resume' ? waiting : resume,
    reason: (before: string) => (before.startsWith('Paused by ') ? before : `${by} Before that: ${before}`),
  };
}
