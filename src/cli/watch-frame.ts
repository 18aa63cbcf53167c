import { colours as pc } from './colours.ts';
import { evidenceLines } from './evidence-lines.ts';
import type { releaseGet } from '../toolsets/release/release-get.ts';
import { toDuration } from '../contract/duration.ts';

export type Watched = Awaited<ReturnType<typeof releaseGet.run>>;

const EVENTS = 6;
/** The judge counts between two scrapes only, so its count is lower than all requests of the step. */
const METRIC_WORDS: Readonly<Record<string, string>> = { requests: 'requests between two scrapes of this step' };

/**
 * The screen of `release watch`. `problem`: why the last look failed; the rest is then what was seen before. `columns`:
 * of the terminal.
 */
export function frame(view: Watched | undefined, problem?: string, columns = 80): string {
  const warning = problem ? [pc.yellow(`! ${problem}`)] : [];
  if (!view) return warning.join('\n');
  return [
    heading(view),
    stateLine(view),
    stepLine(view),
    weightLine(view),
    ...verdictLines(view, columns),
    waitLine(view),
    '',
    ...eventLines(view),
    ...warning,
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

function heading({ target, image, strategy, started_by: by, started_at: at, closed_at: end }: Watched): string {
  const took = toDuration((end ? Date.parse(end) : Date.now()) - Date.parse(at));
  return `${pc.bold(`${target.namespace}/${target.rollout}`)} on ${target.cluster}  ${strategy} → ${pc.bold(image)}  ${pc.dim(`${took}, by ${by}`)}`;
}

function stateLine({ state, reason }: Watched): string {
  const good = state === 'succeeded' ? pc.green : undefined;
  const bad = ['rolled-back', 'failed-needs-human', 'aborting', 'refused'].includes(state) ? pc.red : undefined;
  return `${(good ?? bad ?? pc.cyan)(state)}  ${reason}`;
}

/** Each weight of the plan; the present one in brackets. */
function stepLine({ step, state }: Watched): string | undefined {
  if (!step) return undefined;
  const marks = step.weights.map((weight, index) => {
    if (index < step.index || state === 'succeeded') return pc.green(`${weight}✓`);
    return index === step.index ? pc.bold(`[${weight}]`) : pc.dim(String(weight));
  });
  return `steps    ${marks.join(' → ')} %`;
}

function weightLine(view: Watched): string | undefined {
  const { weight_wanted: wanted, weights, live, verdict } = view;
  if (view.closed_at !== undefined)
    return view.users_percent === undefined ? undefined : `users    ${view.users_percent} % are on ${view.image}`;
  const places = weights
    ? [
        `Rollout ${weights.rollout ?? '–'}`,
        `TraefikService ${weights.traefik_service ?? '–'}`,
        ...weights.replicas.map(({ replica, weight }) => `${replica} ${weight ?? '?'}`),
      ]
    : [];
  const now = live?.traefik.map(({ replica, weight, error }) => `${replica} ${weight ?? error ?? '?'}`) ?? [];
  const share =
    verdict?.measured_share === undefined
      ? ''
      : `; measured ${(verdict.measured_share * 100).toFixed(1)} % of requests`;
  const proof = weights
    ? ` ${weights.effective === 'proved' ? pc.green('proved') : pc.yellow(weights.effective)} (${places.join(', ')})`
    : '';
  return `weight   wanted ${wanted} %${proof}${now.length > 0 ? `; now ${now.join(', ')}` : ''}${share}`;
}

function verdictLines({ verdict }: Watched, columns: number): string[] {
  if (!verdict) return [];
  const colour = {
    pass: pc.green,
    fail: pc.red,
    'no-data': pc.yellow,
    'too-little-traffic': pc.yellow,
    inconclusive: pc.yellow,
    skipped: pc.yellow,
  }[verdict.outcome];
  const numbers = verdict.candidate
    ? ` (new version, this step so far: ${verdict.candidate.requests} requests, ${verdict.candidate.errors} errors)`
    : '';
  return [
    `verdict  ${colour(verdict.outcome)} ${verdict.reason}${numbers}`,
    ...verdict.findings.flatMap((finding) =>
      finding.evidence ? evidenceLines({ ...finding, evidence: finding.evidence }, columns) : [findingLine(finding)],
    ),
  ];
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
  return events
    .slice(-EVENTS)
    .map(({ at, text, who }) => `${pc.dim(at.slice(11, 19))}  ${text}${who ? pc.dim(` (${who})`) : ''}`);
}

function figure(metric: string, value: number | undefined): string {
  if (value === undefined) return 'unknown';
  if (metric === 'requests') return String(Math.round(value));
  if (/^p\d+$/.test(metric)) return `${Math.round(value)} ms`;
  // A metric of the release file has a unit of its own.
  return metric === 'success-ratio' ? `${(value * 100).toFixed(2)} %` : String(Number(value.toPrecision(4)));
}
