import type { FindingEvidence } from '../analysis/verdict.ts';
import type { RecordEntry, Recorded } from '../release/record.ts';
import { inBuckets } from './buckets.ts';
import { factsOf } from './entries.ts';
import type { Count, EvidencePoint, QuestionEvidence, ReportEvidence } from './report.ts';

const MAX_POINTS = 160;

/** The evidence over time, block by block. Undefined if there is none, or if its bound is not known. */
export function evidenceOf(entries: readonly RecordEntry[], alpha: number | undefined): ReportEvidence | undefined {
  const blocks = factsOf(entries, 'block')
    .map(({ data }) => data)
    .sort((a, b) => a.at - b.at);
  const found = lastFindings(entries);
  const bound = alpha === undefined ? [...found.values()][0]?.bound : -Math.log(alpha);
  if (bound === undefined || blocks.length === 0) return undefined;
  const names = [...new Set(blocks.flatMap(({ questions }) => Object.keys(questions)))];
  const together = blocks.map(({ at, worse }) => ({ at, worse }));
  return {
    bound,
    together: thinned(together, ({ worse }) => worse >= bound),
    questions: names.map((name) => questionOf(name, blocks, bound, found.get(name))),
  };
}

function questionOf(
  name: string,
  blocks: readonly Recorded['block'][],
  bound: number,
  reported: FindingEvidence | undefined,
): QuestionEvidence {
  const own = blocks.flatMap(({ at, questions }) => (questions[name] ? [{ at, ...questions[name] }] : []));
  const points = own.map(({ at, worse, notWorse }): EvidencePoint => ({ at, worse, better: notWorse }));
  const proved = points.find(({ better }) => better >= bound)?.at;
  return {
    name,
    ...(reported ? { delta: reported.delta, phi: reported.phi } : {}),
    blocks: own.length,
    points: thinned(points, ({ better }) => better >= bound),
    most: { worse: most(points.map(({ worse }) => worse)), better: most(points.map(({ better }) => better)) },
    ...(proved === undefined ? {} : { proved }),
    candidate: total(own.map(({ block }) => block.candidate)),
    stable: total(own.map(({ block }) => block.stable)),
  };
}

/** By question: the evidence of the newest verdict that judged it. */
function lastFindings(entries: readonly RecordEntry[]): ReadonlyMap<string, FindingEvidence> {
  const findings = factsOf(entries, 'verdict').flatMap(({ data }) => data.findings);
  return new Map(findings.flatMap(({ metric, evidence }) => (evidence ? [[metric, evidence] as const] : [])));
}

/** The last point of each bucket, and the first point that reached the bound, which the chart must show. */
function thinned<T extends { readonly at: number }>(
  points: readonly T[],
  reached: (point: T) => boolean,
): readonly T[] {
  const chosen = new Set(inBuckets(points, MAX_POINTS).map(({ items }) => items.at(-1)));
  const first = points.find(reached);
  return points.filter((point) => point === first || chosen.has(point));
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function total(counts: readonly Count[]): Count {
  return {
    requests: counts.reduce((all, { requests }) => all + requests, 0),
    bad: counts.reduce((all, { bad }) => all + bad, 0),
  };
}
