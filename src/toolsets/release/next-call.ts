import { isClosed } from '../../domain/release/state.ts';
import type { ReleaseView } from '../../domain/release/view.ts';

/** What a caller can usefully do now. `view`: the result of `present`. `people`: where people decide, a sentence. */
export function nextCall(view: ReleaseView, people?: string): string {
  if (isClosed(view.state) && view.closedAt !== undefined)
    return 'The release has ended; nothing to do. A new one starts with release_start.';
  if (!view.waiting) return 'It goes on by itself: call release_wait.';
  if (view.waiting.for === 'human' && view.waiting.answers.length === 0) return view.reason;
  const answers = view.waiting.answers
    .map(toolOf)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
  const ofStep = view.waiting.answers.some((answer) => answer === 'promote' || answer === 'skip-analysis');
  const step = ofStep ? `; step ${view.stepIndex + 1} has the index ${view.stepIndex}` : '';
  return `It waits for ${view.waiting.for}${answers ? `: answer with ${answers}${step}` : ''}.${people === undefined ? '' : ` ${people}`}`;
}

/** The tool that gives an answer. */
function toolOf(answer: string): string {
  return answer === 'override-windows' ? 'window_override' : `release_${answer.replaceAll('-', '_')}`;
}

/** The state in one or two lines. `view` is the result of `present`. */
export function stateText(view: ReleaseView): string {
  const { namespace, rollout, cluster } = view.spec.target;
  const step =
    view.plan && !isClosed(view.state)
      ? `, step ${Math.min(view.stepIndex + 1, view.plan.steps.length)} of ${view.plan.steps.length}`
      : '';
  return `${view.state}${step}: ${namespace}/${rollout} on ${cluster} → ${view.spec.image}\n${view.reason}`;
}
