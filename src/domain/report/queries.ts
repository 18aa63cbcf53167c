import type { RecordEntry } from '../release/record.ts';
import { factsOf } from './entries.ts';
import type { QueryCourse } from './report.ts';

/** Maximum number of answers of a query on a page. The journal has all of them. */
const MAX_ANSWERS = 12;
/** Maximum number of series of one answer. */
const MAX_VALUES = 40;

/** The queries that were sent, each with its newest answers. */
export function queriesOf(entries: readonly RecordEntry[]): readonly QueryCourse[] {
  const byQuery = new Map<string, QueryCourse>();
  for (const {
    data: { name, arm, promql, at, values, error, step },
  } of factsOf(entries, 'query')) {
    const key = JSON.stringify([name, arm, promql]);
    const { asked = 0, failed = 0, answers = [] } = byQuery.get(key) ?? {};
    const answer = { at, step, values: values.slice(0, MAX_VALUES), ...(error === undefined ? {} : { error }) };
    byQuery.set(key, {
      name,
      ...(arm ? { arm } : {}),
      promql,
      asked: asked + 1,
      failed: failed + (error === undefined ? 0 : 1),
      answers: [...answers, answer].slice(-MAX_ANSWERS),
    });
  }
  return [...byQuery.values()];
}
