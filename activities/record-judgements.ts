import { createHash } from 'node:crypto';
import type { QueryRecord, RecordEntry } from '../src/domain/release/record.ts';
import type { Judge, Judged, Judgement } from './analysis.ts';
import { isChange, isFirst, News } from './news.ts';
import type { Recorder } from './recorder.ts';

type Run = ReturnType<News['of']>;

/**
 * The judge, with everything that it asked, saw and said going into the record: each once, under keys made of
 * Prometheus' sample times.
 */
export function recordedJudge(judge: Judge, recorder: Recorder): Judge {
  const news = new News();
  return async (input) => {
    const judged = await judge(input);
    recorder.add(entriesOf(input, judged, news.of(input.scene.owner.runId, judged.verdict.to)));
    return judged;
  };
}

function entriesOf(input: Judgement, judged: Judged, run: Run): RecordEntry[] {
  run.newest = Math.max(
    run.newest,
    ...judged.queries.filter(answered).map(({ at }) => at),
    judged.trail.at(-1)?.at ?? 0,
  );
  return [
    ...queryEntries(input, judged, run),
    ...blockEntries(input, judged, run),
    ...verdictEntries(input, judged, run),
  ];
}

const answered = ({ values, error }: QueryRecord): boolean => error === undefined && values.length > 0;
const stepOf = ({ index, scene }: Judgement): number => index ?? scene.step ?? 0;

/** An answer is known by its newest sample; what got none, by the newest sample that there was before. */
function queryEntries(input: Judgement, { queries }: Judged, run: Run): RecordEntry[] {
  const step = stepOf(input);
  return queries.flatMap((query): RecordEntry[] => {
    const topic = `query/${step}/${part(query.name)}/${query.arm ?? 'both'}`;
    if (!isChange(run, topic, [query.values, query.error], query.at)) return [];
    const key = `${topic}/${answered(query) ? query.at : `${run.newest}/none`}`;
    return isFirst(run, key) ? [{ ...of(input), key, kind: 'query', at: query.at, data: { ...query, step } }] : [];
  });
}

function blockEntries(input: Judgement, { trail }: Judged, run: Run): RecordEntry[] {
  return trail.flatMap((point): RecordEntry[] => {
    const key = `block/${part(point.instance)}/${point.at}`;
    return isFirst(run, key)
      ? [{ ...of(input), key, kind: 'block', at: point.at, data: { ...point, step: stepOf(input) } }]
      : [];
  });
}

/**
 * News: another outcome, or other reasons than a minute ago. A skipped or failed look at the same samples says the same
 * under the same key.
 */
function verdictEntries(input: Judgement, { verdict }: Judged, run: Run): RecordEntry[] {
  const { scene, limits, wanted } = input;
  const step = stepOf(input);
  const { outcome, reason, findings, candidate, stable } = verdict;
  if (!isChange(run, 'verdict', [step, outcome, reason, findings, candidate, stable], verdict.to)) return [];
  const hash = createHash('sha256').update(JSON.stringify(limits)).digest('hex').slice(0, 8);
  const weight = wanted ?? scene.plan.steps[step]?.weight ?? 0;
  const key = `verdict/${step}/${hash}/${run.newest}/${outcome}`;
  return isFirst(run, key)
    ? [{ ...of(input), key, kind: 'verdict', at: verdict.to, data: { ...verdict, step, weight } }]
    : [];
}

const of = ({ scene }: Judgement) => ({ releaseId: scene.owner.releaseId, runId: scene.owner.runId });

/** Part of a key: an index of PostgreSQL has no room for labels of any length. */
const part = (text: string): string => (text.length <= 200 ? text : createHash('sha256').update(text).digest('hex'));
