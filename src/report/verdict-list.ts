import type { VerdictPeriod } from '../domain/report/report.ts';
import { readQuestion } from '../domain/analysis/question-name.ts';
import { table } from './chart.ts';
import { clockTime, percent, plain } from './figures.ts';
import { html, type Html } from './html.ts';
import { pill } from './outcome.ts';
import { plural } from '../domain/plural.ts';

/** Draws every verdict with its reason. Repeated equal verdicts are drawn once. */
export function verdictList(verdicts: readonly VerdictPeriod[]): Html {
  return html`<ol class="verdicts">${verdicts.map(one)}</ol>`;
}

function one({ by, step, weight, outcome, from, to, times, reason, candidate, stable, findings }: VerdictPeriod): Html {
  const when = times === 1 ? clockTime(to) : `${clockTime(from)} to ${clockTime(to)}, ${times} times`;
  const arm = (name: string, counts: VerdictPeriod['candidate']): string =>
    counts
      ? `${name} ${plural(Math.round(counts.requests), 'request')}, ${plural(Math.round(counts.errors), 'error')}`
      : '';
  const counted = [arm('new', candidate), arm('stable', stable)].filter(Boolean).join('; ');
  return html`<li>${pill(outcome)} <b>${by === 'guard' ? 'watched at' : `step ${step + 1},`} ${weight} %</b> <time>${when}</time>
<p>${reason}</p>${(findings.length > 0 || counted !== '') && html`<details class="data"><summary>${plural(findings.length, 'finding')}</summary>${counted !== '' && html`<p>${counted}</p>`}${findings.length > 0 && findingTable(findings)}</details>`}</li>
`;
}

function findingTable(findings: VerdictPeriod['findings']): Html {
  const figure = (metric: string, value: number | undefined): string => {
    if (value === undefined) return '–';
    if (metric === 'success-ratio' || readQuestion(metric)) return percent(value);
    return /^p\d+$/.test(metric) ? `${plain(value)} ms` : plain(value);
  };
  return table({
    caption: 'Findings',
    heads: ['Question', 'Outcome', 'Measured', 'Limit', 'Reason'],
    rows: findings.map(({ metric, outcome, measured, limit, reason, dry }) => [
      metric,
      `${outcome}${dry ? ' (dry run)' : ''}`,
      figure(metric, measured),
      figure(metric, limit),
      reason,
    ]),
  });
}
