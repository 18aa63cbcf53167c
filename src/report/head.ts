import { toDuration } from '../domain/duration-text.ts';
import type { ReleaseReport, ReportStep } from '../domain/report/report.ts';
import { chosen, iso, dateTime } from './figures.ts';
import { html, type Html } from './html.ts';
import { isOpenState, pill, signOf, toneOf } from './outcome.ts';

/** The head of the page: the release, its state and the reason. */
export function head({ release, summary, steps, notes }: ReleaseReport): Html {
  const { target, image, previous, state, reason, waiting } = release;
  return html`<header>
<p class="over">Release report</p>
<h1>${target.namespace}/${target.rollout} <small>on ${target.cluster}</small></h1>
<p class="images">${previous !== undefined && html`<code>${previous}</code> <span aria-label="to">→</span> `}<code>${image}</code></p>
<p class="state">${pill(state)} ${summary.join(' ')}</p>
<p>${reason}</p>
${waiting && html`<p class="waits">Waits for <strong>${waiting.for}</strong>${waiting.answers.length > 0 && html`: answer with ${waiting.answers.join(', ')}`}.</p>`}
${steps.length > 0 && stepList(release.state === 'succeeded', steps)}
${facts(release)}
${notes.map((note) => html`<p class="note">${note}</p>`)}
</header>
`;
}

function stepList(succeeded: boolean, steps: readonly ReportStep[]): Html {
  const unjudged = ({ proved, reported }: ReportStep): string =>
    proved !== undefined
      ? 'proved, not judged'
      : reported !== undefined
        ? 'reported by Argo, not judged'
        : 'not reached';
  const word = (step: ReportStep): string => step.outcome ?? (succeeded ? 'passed' : unjudged(step));
  return html`<ol class="steps" aria-label="Steps">${steps.map((step) => html`<li class="${toneOf(step.outcome)}"><b>${step.weight} %</b> <span aria-hidden="true">${signOf(step.outcome)}</span><span class="unseen">${word(step)}</span></li>`)}</ol>`;
}

function facts(release: ReleaseReport['release']): Html {
  const { strategy, starter, started, closed, until, state, run } = release;
  const rows: readonly (readonly [string, Html | string])[] = [
    ['Strategy', strategy],
    ['Started by', starter],
    ['Started', html`<time datetime="${iso(started)}">${dateTime(started)}</time>`],
    closed === undefined
      ? ['So far', `${durationText(until - started)}${isOpenState(state) ? ', still going' : ''}`]
      : ['Took', durationText(closed - started)],
    ['Judge', judgeText(release)],
    ['Run', html`<code>${run}</code>`],
  ];
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function judgeText({ alpha, metricsAlone }: ReleaseReport['release']): string {
  if (metricsAlone) return 'metrics of the release file alone';
  return alpha === undefined ? 'fixed limits' : `sequential, at most ${chosen(alpha)} wrong alarms`;
}

function durationText(ms: number): string {
  return toDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}
