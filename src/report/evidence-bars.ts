import { odds } from '../domain/analysis/odds.ts';
import type { ReportEvidence } from '../domain/report/report.ts';
import { chosen, countOf } from './figures.ts';
import { html, type Html } from './html.ts';

/** The progress of each proof, as bars. */
export function evidenceBars({ bound, together, questions }: ReportEvidence): Html {
  const worse = Math.max(0, ...together.map((point) => point.worse));
  return html`<ul class="bars">
${bar({ kind: 'worse', name: 'Worse, all questions together', most: worse, bound, done: 'proved worse' })}
${questions.map(({ name, delta, most, candidate, stable }) => bar({ kind: 'better', name: `${name}: not worse${delta === undefined ? '' : ` by ${chosen(delta)}`}`, most: most.better, bound, done: 'proved', about: `new ${countOf(candidate)}, stable ${countOf(stable)}` }))}
</ul>
`;
}

interface Bar {
  readonly kind: 'worse' | 'better';
  readonly name: string;
  readonly most: number;
  readonly bound: number;
  /** The word for a bound that is reached. */
  readonly done: string;
  readonly about?: string;
}

function bar({ kind, name, most, bound, done, about }: Bar): Html {
  const reached = most >= bound;
  return html`<li><span class="what">${name}</span><span class="bar" aria-hidden="true"><i class="${kind}" style="width:${Math.round(100 * Math.min(1, most / bound))}%"></i></span><span class="odds">odds ${odds(most)}; ${reached ? html`<strong>${done}</strong>` : `${odds(bound)} needed`}${about !== undefined && html`<small>${about}</small>`}</span></li>`;
}
