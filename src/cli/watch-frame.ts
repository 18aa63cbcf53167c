import { stripVTControlCharacters } from 'node:util';
import { colours as pc } from './colours.ts';
import { clip, wrapText } from './fit.ts';
import { evidenceLines } from './evidence-lines.ts';
import { watchSentences } from './watch-sentences.ts';
import type { releaseGet } from '../toolsets/release/release-get.ts';
import { toDuration } from '../domain/duration-text.ts';
import { plural } from '../domain/plural.ts';
import { isJudgedNow } from '../domain/release/verdict-words.ts';
import { withWho } from '../domain/with-who.ts';

export type Watched = Awaited<ReturnType<typeof releaseGet.run>>;

const EVENTS = 6;
const INDENT = ' '.repeat(9);
/** The judge counts between two scrapes only, so its count is lower than all requests of the step. */
const METRIC_WORDS: Readonly<Record<string, string>> = { requests: 'requests between two scrapes of this step' };

/**
 * The screen of `release watch`, most important lines first. Lines that do not fit into `rows` are cut at the end, so
 * that state, step and weight are always visible. `problem`: why the last read failed. The other lines then show the
 * previous read.
 */
export function frame(view: Watched | undefined, problem?: string, columns = 80, rows = Infinity): string {
  const warning = problem ? wrapText(`! ${problem}`, columns, MAX_WARNING).map((line) => pc.yellow(line)) : [];
  if (!view) return warning.join('\n');
  const head = [
    heading(view),
    ...watchSentences(view, columns, rows < ROOMY ? 1 : 2),
    ...stateLines(view, columns),
    stepLine(view),
    podsLine(view),
    windowLine(view),
    ...weightLines(view, columns),
  ];
  const fixed = [...head.filter((line) => line !== undefined), ...warning];
  const wait = [waitLine(view)].filter((line) => line !== undefined);
  // The cursor is on the row below.
  const room = Math.max(3, rows - 1) - fixed.length - wait.length;
  const full = verdictLines(view, columns);
  const verdict =
    full.length + MIN_EVENTS <= room ? full : shortVerdictLines(view).slice(0, Math.max(1, room - MIN_EVENTS));
  const tree = treeLines(view, room - verdict.length - MIN_EVENTS);
  const left = room - verdict.length - tree.length - 1;
  const events = eventLines(view).slice(-Math.max(0, left));
  const block = left > 0 && events.length > 0 ? ['', ...events] : [];
  return [...fixed.slice(0, fixed.length - warning.length), ...verdict, ...tree, ...wait, ...block, ...warning]
    .map((line) => clip(line, columns))
    .slice(0, Math.max(3, rows - 1))
    .join('\n');
}

/** Rows for the blank line and the newest event. */
const MIN_EVENTS = 2;
/** With fewer rows each sentence gets one row. */
const ROOMY = 30;
/** Rows for the reason of a failed read, and for what to do about it. */
const MAX_WARNING = 4;
/** Rows for the state and its reason. */
const MAX_REASON = 3;

function heading({ target, image, strategy, started_by: by, started_at: at, closed_at: end }: Watched): string {
  const took = toDuration((end ? Date.parse(end) : Date.now()) - Date.parse(at));
  return `${pc.bold(`${target.namespace}/${target.rollout}`)} on ${target.cluster}  ${strategy} → ${pc.bold(image)}  ${pc.dim(`${took}, by ${by}`)}`;
}

function stateLines({ state, reason }: Watched, columns: number): readonly string[] {
  const good = state === 'succeeded' ? pc.green : undefined;
  const bad = ['rolled-back', 'failed-needs-human', 'aborting', 'refused'].includes(state) ? pc.red : undefined;
  // The width is one less than shown, because the first line has two spaces between state and reason.
  const [first = '', ...rest] = wrapText(`${state} ${reason}`, columns - 1, MAX_REASON);
  return [`${(good ?? bad ?? pc.cyan)(state)}  ${first.slice(state.length + 1)}`, ...rest];
}

/** Each weight of the plan. The current one is in brackets. */
function stepLine({ step, state }: Watched): string | undefined {
  if (!step) return undefined;
  const marks = step.weights.map((weight, index) => {
    if (index < step.index || state === 'succeeded') return pc.green(`${weight}✓`);
    return index === step.index ? pc.bold(`[${weight}]`) : pc.dim(String(weight));
  });
  return `steps    ${marks.join(' → ')} %`;
}

function podsLine({ live, closed_at: closed }: Watched): string | undefined {
  return live?.pods === undefined || closed !== undefined ? undefined : `pods     new version: ${live.pods}`;
}

function windowLine({ window }: Watched): string | undefined {
  if (window === undefined) return undefined;
  return `windows  ${window.open ? window.reason : pc.yellow(window.reason)}`;
}

/** Revisions, ReplicaSets and pods, if there are enough rows for all of them. */
function treeLines({ live, closed_at: closed }: Watched, room: number): readonly string[] {
  const tree = closed === undefined ? (live?.tree ?? []) : [];
  return tree.length > 0 && tree.length <= room
    ? tree.map((line, index) => `${index === 0 ? 'tree'.padEnd(INDENT.length) : INDENT}${line}`)
    : [];
}

/** The places of a cluster appear together. A target without a cluster has neither. */
function placesOf({
  effective,
  rollout,
  traefik_service: written,
  replicas,
}: NonNullable<Watched['weights']>): readonly string[] {
  const inCluster = [`Rollout ${rollout ?? '–'}`, `TraefikService ${written ?? '–'}`];
  if (effective === 'reported') return [`Rollout ${rollout ?? '–'}, no proxy was read`];
  return [
    ...(rollout === undefined && written === undefined ? [] : inCluster),
    ...replicas.map(({ replica, weight }) => `${replica} ${weight ?? '?'}`),
  ];
}

function weightLines(view: Watched, columns: number): readonly string[] {
  const { weight_wanted: wanted, weights, live, verdict } = view;
  if (view.closed_at !== undefined) return [];
  const places = weights ? placesOf(weights) : [];
  const now = live?.traefik.map(({ replica, weight, error }) => `${replica} ${weight ?? error ?? '?'}`) ?? [];
  const share =
    verdict?.measured_share === undefined ? '' : `measured ${(verdict.measured_share * 100).toFixed(1)} % of requests`;
  const effective = weights?.wanted === wanted ? weights.effective : 'not read back yet; before it:';
  const proof = weights
    ? ` ${effective === 'proved' ? pc.green(effective) : pc.yellow(effective)} (${places.join(', ')})`
    : '';
  const parts = [...(now.length > 0 ? [`now ${now.join(', ')}`] : []), ...(share === '' ? [] : [share])].join('; ');
  const line = `weight   wanted ${wanted} %${proof}`;
  if (parts === '') return [line];
  const one = `${line}; ${parts}`;
  return stripVTControlCharacters(one).length <= columns ? [one] : [line, `${INDENT}${parts}`];
}

function verdictLines({ state, verdict }: Watched, columns: number): string[] {
  if (!verdict) return [];
  const colour = {
    pass: pc.green,
    fail: pc.red,
    'no-data': pc.yellow,
    'too-little-traffic': pc.yellow,
    inconclusive: pc.yellow,
    skipped: pc.yellow,
  }[verdict.outcome];
  const now = isJudgedNow(state);
  const when = now ? '' : `(${verdict.to.slice(11, 19)} UTC) `;
  const numbers = verdict.candidate
    ? ` (new version${now ? ', this step so far' : ''}: ${plural(verdict.candidate.requests, 'request')}, ${plural(verdict.candidate.errors, 'error')})`
    : '';
  return [
    ...verdictHead(colour(verdict.outcome), `${verdict.outcome} ${when}${verdict.reason}${numbers}`, columns),
    ...verdict.findings.flatMap((finding) =>
      finding.evidence ? evidenceLines({ ...finding, evidence: finding.evidence }, columns) : [findingLine(finding)],
    ),
  ];
}

function verdictHead(outcome: string, text: string, columns: number): readonly string[] {
  const [first = '', ...rest] = wrapText(text, columns - INDENT.length, 2);
  const [word = ''] = text.split(' ', 1);
  return [`verdict  ${outcome}${first.slice(word.length)}`, ...rest.map((line) => `${INDENT}${line}`)];
}

/** One line for the verdict, and one for each question. */
function shortVerdictLines(view: Watched): string[] {
  const { verdict } = view;
  if (!verdict) return [];
  const [head = ''] = verdictLines(view, Infinity);
  return [head, ...verdict.findings.map(shortFindingLine)];
}

function shortFindingLine(finding: NonNullable<Watched['verdict']>['findings'][number]): string {
  const { metric, outcome, evidence } = finding;
  if (!evidence) return findingLine(finding);
  const part = Math.min(100, Math.floor((Math.max(evidence.not_worse, evidence.worse) / evidence.bound) * 100));
  return `         ${metric}: ${outcome}, ${evidence.worse > evidence.not_worse ? 'worse' : 'not worse'} proved to ${part} %`;
}

function findingLine({
  metric,
  measured,
  limit,
  outcome,
}: NonNullable<Watched['verdict']>['findings'][number]): string {
  return `         ${METRIC_WORDS[metric] ?? metric} ${figure(metric, measured)}${limit === undefined ? '' : `, limit ${figure(metric, limit)}`}: ${outcome}`;
}

function waitLine({ waiting, closed_at: closed }: Watched): string | undefined {
  if (closed) return undefined;
  if (!waiting) return 'waits    for nothing: it goes on by itself';
  return pc.yellow(
    `waits    for ${waiting.for}: ${waiting.answers.join(', ')}${waiting.deadline_in ? ` (within ${waiting.deadline_in})` : ''}`,
  );
}

function eventLines({ events }: Watched): string[] {
  return events.slice(-EVENTS).map(({ at, text, who }) => `${pc.dim(at.slice(11, 19))}  ${withWho(text, who)}`);
}

function figure(metric: string, value: number | undefined): string {
  if (value === undefined) return 'unknown';
  if (metric === 'requests') return String(Math.round(value));
  if (/^p\d+$/.test(metric)) return `${Math.round(value)} ms`;
  // A metric of the release file has its own unit.
  return metric === 'success-ratio' ? `${(value * 100).toFixed(2)} %` : String(Number(value.toPrecision(4)));
}
