import { reportPath } from '../report/report-address.ts';
import { present, usersPercent } from './present.ts';
import { isClosed } from './state.ts';
import type { ReleaseView } from './view.ts';
import { proofWords } from './weight-words.ts';
import { verdictWords } from './verdict-words.ts';
import { withWho } from '../with-who.ts';

/**
 * Markdown for the Temporal UI's "current details": the whole release on one page. `server`: the address of the HTTP
 * server that has its report.
 */
export function describeRelease(known: ReleaseView, server?: string): string {
  const view = present(known);
  return [
    `**${view.state}**: ${view.reason}`,
    '',
    `${view.spec.target.namespace}/${view.spec.target.rollout} → \`${view.spec.image}\` (${view.spec.strategy}), started by ${view.startedBy}`,
    ...(server === undefined ? [] : ['', `Report: ${server}${reportPath(view.spec.target, view.runId, 'html')}`]),
    ...stepLines(view),
    ...weightLines(view),
    ...(view.verdict
      ? ['', `${verdictWords(view.state, view.verdict.to)}: **${view.verdict.outcome}** (${view.verdict.reason})`]
      : []),
    ...(view.waiting ? ['', `Waits for: **${view.waiting.for}** (answers: ${view.waiting.answers.join(', ')})`] : []),
    ...windowLines(view),
    '',
    ...view.events.slice(-10).map((event) => `* ${new Date(event.at).toISOString()} ${withWho(event.text, event.who)}`),
  ].join('\n');
}

function windowLines({ window, state }: ReleaseView): string[] {
  return window === undefined || window.by.length === 0 || isClosed(state) ? [] : ['', `Windows: ${window.reason}`];
}

function stepLines(view: ReleaseView): string[] {
  if (!view.plan) return [];
  const weights = view.plan.steps.map((step, index) =>
    index === view.stepIndex ? `**${step.weight} %**` : `${step.weight} %`,
  );
  return ['', `Steps: ${weights.join(' → ')}`];
}

function weightLines(view: ReleaseView): string[] {
  if (isClosed(view.state)) {
    const users = usersPercent(view);
    return users === undefined ? [] : ['', `Users on \`${view.spec.image}\` at its end: ${users} %`];
  }
  if (!view.proof) return [];
  return ['', `Weight: wanted ${view.weightWanted}; ${proofWords(view.weightWanted, view.proof)}`];
}
