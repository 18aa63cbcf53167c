import type { QueryCourse } from '../domain/report/report.ts';
import { table } from './chart.ts';
import { clockTime, plain } from './figures.ts';
import { html, type Html } from './html.ts';
import { plural } from '../domain/plural.ts';

/** Maximum number of values of one answer on the page. */
const MAX_SHOWN = 16;

/** Every query that was sent to Prometheus, with its newest answers. */
export function queryList(queries: readonly QueryCourse[]): Html {
  return html`${queries.map(one)}`;
}

function one({ name, arm, promql, asked, failed, answers }: QueryCourse): Html {
  const last = answers.at(-1);
  const shown = answers.length < asked ? `; the last ${answers.length} below` : '';
  return html`<details class="query"><summary><b>${name}</b>${arm !== undefined && ` of ${arm === 'candidate' ? 'the new version' : 'stable'}`} <small>asked ${asked === 1 ? 'once' : `${asked} times`}${failed > 0 && `, ${failed} without an answer`}</small></summary>
<pre><code>${promql}</code></pre><p class="note">Newest values of each series${shown}.</p>
${table({ caption: `Answers to ${name}`, heads: ['At', 'Step', ...series(last)], rows: answers.toReversed().map((answer) => [clockTime(answer.at), String(answer.step + 1), ...cells(answer, last)]) })}</details>
`;
}

type Answer = QueryCourse['answers'][number];

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${label}=${value}`)
    .join(' ') || 'value';

/** The columns are the series of the newest answer. */
function series(last: Answer | undefined): readonly string[] {
  const keys = (last?.values ?? []).map(({ labels }) => keyOf(labels));
  return keys.length === 0 ? ['Answer'] : keys.slice(0, MAX_SHOWN);
}

function cells({ values, error }: Answer, last: Answer | undefined): readonly string[] {
  const heads = series(last);
  if (error !== undefined || values.length === 0) return [error ?? 'no data', ...heads.slice(1).map(() => '')];
  const byKey = new Map(values.map(({ labels, value }) => [keyOf(labels), value]));
  if (!heads.some((head) => byKey.has(head))) return [plural(values.length, 'value'), ...heads.slice(1).map(() => '')];
  return heads.map((head) => number(byKey.get(head)));
}

/** JSON cannot represent NaN and infinity, so a journal contains null for them. */
function number(value: number | null | undefined): string {
  if (value === undefined) return '–';
  return value === null ? 'not a number' : plain(value);
}
