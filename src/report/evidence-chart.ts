import { odds } from '../domain/analysis/odds.ts';
import type { QuestionEvidence, ReleaseReport, ReportEvidence } from '../domain/report/report.ts';
import type { Place, Span, Tick } from './axis.ts';
import { chart, spanOf } from './chart.ts';
import { chosen, clockTime, countOf } from './figures.ts';
import { html, type Html } from './html.ts';
import { dots, held, through, type Point } from './paths.ts';

/** How far beyond its bound, and below even odds, evidence is drawn. The unit is the bound. */
const [ABOVE, BELOW] = [1.6, 0.6];

/** The evidence for "worse" in all questions together, then each question's proof of "not worse". */
export function evidenceCharts(evidence: ReportEvidence, report: ReleaseReport): readonly Html[] {
  const frame = frameOf(evidence.bound, spanOf(report.release.started, report.release.until));
  return [
    together(evidence, frame),
    ...evidence.questions.map((question) => questionChart(question, evidence.bound, frame)),
  ];
}

interface Frame {
  readonly time: Span;
  readonly value: Span;
  readonly ticks: readonly Tick[];
  readonly bound: (x: Place, y: Place) => Html;
}

function frameOf(bound: number, time: Span): Frame {
  const value = { from: -BELOW * bound, to: ABOVE * bound };
  const line = (x: Place, y: Place): Html =>
    html`<path class="line limit" d="${held([{ at: time.from, value: bound }], time.to, x, y)}"/>`;
  return { time, value, ticks: ticksOf(bound, value), bound: line };
}

/** The bound, and powers of ten that do not overlap it. */
function ticksOf(bound: number, { from, to }: Span): readonly Tick[] {
  const every = Math.max(1, Math.round((to - from) / Math.LN10 / 5)) * Math.LN10;
  const first = Math.ceil(from / every);
  const powers = Array.from({ length: Math.floor(to / every) - first + 1 }, (_, index) => (first + index) * every);
  return [bound, ...powers.filter((value) => Math.abs(value - bound) > (to - from) / 9)].map((value) => ({
    value,
    label: odds(value),
  }));
}

function together({ bound, together: course }: ReportEvidence, { bound: line, ...frame }: Frame): Html {
  const points = course.map(({ at, worse }) => ({ at, value: worse }));
  const most = Math.max(0, ...points.map(({ value }) => value));
  const reached = points.find(({ value }) => value >= bound);
  return chart({
    title: 'Is it worse? All questions together',
    says: `Odds that the new version is worse: at most ${odds(most)}; ${odds(bound)} ${reached ? `were needed and reached at ${clockTime(reached.at)}` : 'are needed to fail it'}.`,
    keys: [
      { kind: 'line worse', text: 'odds for “worse”' },
      { kind: 'line limit', text: `fails at ${odds(bound)}` },
    ],
    ...frame,
    draw: (x, y) => [line(x, y), ...lineAndMark(points, 'worse', reached, x, y)],
    note: reached ? `Reached at ${clockTime(reached.at)}.` : `Most so far: ${odds(most)}.`,
  });
}

function questionChart(
  { name, points, most, proved, delta, phi, candidate, stable }: QuestionEvidence,
  bound: number,
  { bound: line, ...frame }: Frame,
): Html {
  const of = (pick: 'worse' | 'better'): readonly Point[] =>
    points.map((point) => ({ at: point.at, value: point[pick] }));
  const margin = delta === undefined ? '' : ` by ${chosen(delta)}`;
  const reached = of('better').find(({ at }) => at === proved);
  return chart({
    title: `${name}: is it proved not worse${margin}?`,
    says: `${name}: odds for "not worse": at most ${odds(most.better)}; ${odds(bound)} ${proved === undefined ? 'are needed' : `were reached at ${clockTime(proved)}`}. New version ${countOf(candidate)}, stable ${countOf(stable)}.`,
    keys: [
      { kind: 'line better', text: 'odds for “not worse”' },
      { kind: 'line worse thin', text: 'odds for “worse”' },
      { kind: 'line limit', text: `needed: ${odds(bound)}` },
    ],
    ...frame,
    draw: (x, y) => [
      line(x, y),
      html`<path class="line worse thin" d="${through(of('worse'), x, y)}"/>`,
      ...lineAndMark(of('better'), 'better', reached, x, y),
    ],
    note: `New version ${countOf(candidate)}, stable ${countOf(stable)}${phi !== undefined && phi > 1.5 ? `; bad answers come in clumps of about ${Math.round(phi)}` : ''}. ${proved === undefined ? `Most so far: ${odds(most.better)}.` : `Proved at ${clockTime(proved)}.`}`,
  });
}

function lineAndMark(
  points: readonly Point[],
  kind: string,
  reached: Point | undefined,
  x: Place,
  y: Place,
): readonly Html[] {
  return [
    html`<path class="line ${kind}" d="${through(points, x, y)}"/>`,
    html`<path class="dot ${kind}" d="${dots(reached ? [reached] : [], x, y)}"/>`,
  ];
}
