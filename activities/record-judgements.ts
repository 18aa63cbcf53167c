import { chainOf } from '../src/domain/release/target.ts';
import { createHash } from 'node:crypto';
import { dataAgainKey, noDataKey, verdictKey } from '../src/domain/release/no-data.ts';
import type { QueryRecord, RecordEntry } from '../src/domain/release/record.ts';
import type { Judge, Judged, Judgement } from './analysis.ts';
import type { Finding } from '../src/domain/analysis/verdict.ts';
import { RecordedRuns, type RecordedRun } from './recorded-runs.ts';
import type { Recorder } from './recorder.ts';
import { plural } from '../src/domain/plural.ts';

/**
 * Wraps a judge: its queries, their results and its verdicts become journal entries. Each fact is written once. Its key
 * contains Prometheus' sample times.
 */
export function recordedJudge(judge: Judge, recorder: Recorder): Judge {
  const runs = new RecordedRuns();
  return async (input) => {
    const judged = await judge(input);
    recorder.add(entriesOf(input, judged, runs.of(chainOf(input.scene.owner), judged.verdict.to)));
    return judged;
  };
}

function entriesOf(input: Judgement, judged: Judged, run: RecordedRun): RecordEntry[] {
  run.newest = Math.max(
    run.newest,
    ...judged.queries.filter(answered).map(({ at }) => at),
    judged.trail.at(-1)?.at ?? 0,
  );
  return [
    ...blindEntries(input, judged, run),
    ...queryEntries(input, judged, run),
    ...blockEntries(input, judged, run),
    ...verdictEntries(input, judged, run),
  ];
}

/** After this time without a new sample the record contains a verdict that the release cannot be judged. */
const BLIND_MS = 300_000;

/** An event when there was no sample for a while, and an event when there are samples again. */
function blindEntries(input: Judgement, { verdict: { to, reason } }: Judged, run: RecordedRun): RecordEntry[] {
  const newest = run.newest || startOf(input);
  const event = (key: string, text: string): RecordEntry[] => [
    { ...of(input), key, kind: 'event', at: to, data: { at: to, state: 'judging', text } },
  ];
  if (run.blindSince === undefined && to - newest > BLIND_MS) {
    run.blindSince = newest;
    const minutes = Math.round((to - newest) / 60_000);
    return event(
      noDataKey(newest),
      `no data for ${plural(minutes, 'minute')}, so nobody judges this version: ${reason}`,
    );
  }
  if (run.blindSince !== undefined && newest > run.blindSince) {
    run.blindSince = undefined;
    return event(dataAgainKey(newest), 'data come again, and the release is judged by them');
  }
  return [];
}

const answered = ({ values, error }: QueryRecord): boolean => error === undefined && values.length > 0;
const startOf = ({ since, from }: Judgement): number => since ?? from;
const stepOf = ({ index, scene }: Judgement): number => index ?? scene.step ?? 0;

/** Counters are large, and the blocks contain their counts. A metric of the release file is small. */
const COUNTERS_MS = 600_000;
const METRIC_MS = 10_000;
const leastOf = ({ name, arm }: QueryRecord): number =>
  arm !== undefined && (name === 'requests' || name === 'durations') ? COUNTERS_MS : METRIC_MS;
/** Minimum time between verdicts of one outcome. Another outcome is recorded at once. */
const VERDICT_MS = 20_000;

/** Rounds evidence to readable digits. Counts are whole numbers and stay unchanged. */
function rounded<T>(value: T): T {
  if (typeof value === 'number') return (Number.isInteger(value) ? value : Number(value.toPrecision(5))) as T;
  if (Array.isArray(value)) return value.map(rounded) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, rounded<unknown>(field)])) as T;
}

/**
 * The key of a result contains its newest sample time. The key of an empty result contains the previous newest sample
 * time.
 */
function queryEntries(input: Judgement, { queries }: Judged, run: RecordedRun): RecordEntry[] {
  const step = stepOf(input);
  return queries.flatMap((query): RecordEntry[] => {
    const topic = `query/${step}/${part(query.name)}/${query.arm ?? 'both'}`;
    const mark = query.error ?? (query.values.length > 0 ? 'values' : 'none');
    const due = { startsAt: startOf(input), at: query.at, mark, leastMs: leastOf(query) };
    if (!run.isDue(topic, due) || run.unchanged(topic, [query.values, query.error], query.at)) return [];
    const key = `${topic}/${answered(query) ? query.at : `${run.newest}/none`}`;
    return run.claim(key) ? [{ ...of(input), key, kind: 'query', at: query.at, data: { ...query, step } }] : [];
  });
}

function blockEntries(input: Judgement, { trail }: Judged, run: RecordedRun): RecordEntry[] {
  return trail.flatMap((point): RecordEntry[] => {
    const key = `block/${part(point.instance)}/${point.at}`;
    return run.claim(key)
      ? [{ ...of(input), key, kind: 'block', at: point.at, data: { ...rounded(point), step: stepOf(input) } }]
      : [];
  });
}

/**
 * A verdict is recorded when its outcome or its reasons differ from those of a minute ago. A repeated look at the same
 * samples has the same key.
 */
function verdictEntries(input: Judgement, { verdict }: Judged, run: RecordedRun): RecordEntry[] {
  const { scene, limits, wanted } = input;
  const step = stepOf(input);
  const { outcome, reason, findings, candidate, stable } = verdict;
  const hash = createHash('sha256').update(JSON.stringify(limits)).digest('hex').slice(0, 8);
  const weight = wanted ?? scene.plan.steps[step]?.weight ?? 0;
  const due = { startsAt: startOf(input), at: verdict.to, mark: outcome, leastMs: VERDICT_MS };
  if (!run.isDue(`verdict/${step}`, due)) return [];
  if (run.unchanged('verdict', [step, outcome, reason, findings, candidate, stable], verdict.to)) return [];
  const key = verdictKey(step, hash, run.newest, outcome);
  return run.claim(key)
    ? [
        {
          ...of(input),
          key,
          kind: 'verdict',
          at: verdict.to,
          data: { ...verdict, findings: verdict.findings.map(shortened), step, weight },
        },
      ]
    : [];
}

const shortened = (finding: Finding): Finding =>
  finding.evidence ? { ...finding, evidence: rounded(finding.evidence) } : finding;

const of = ({ scene }: Judgement) => ({ releaseId: scene.owner.releaseId, runId: chainOf(scene.owner) });

/** A part of a key. An index of PostgreSQL limits the length of keys, so long labels are shortened. */
const part = (text: string): string => (text.length <= 200 ? text : createHash('sha256').update(text).digest('hex'));
