import type { MetricCourse, ReleaseReport } from '../domain/report/report.ts';
import { niceTicks, type Span, type Tick } from './axis.ts';
import { chart, dataTable, spanOf } from './chart.ts';
import { clockTime, percent, plain, roundPercent } from './figures.ts';
import { html, type Html } from './html.ts';
import { dots, held, through } from './paths.ts';
import { plural } from '../domain/plural.ts';

/** A measurement and its limit, for each verdict. */
export function metricChart({ name, unit, points }: MetricCourse, { release }: ReleaseReport): Html {
  const shown = (value: number): string =>
    unit === 'ratio' ? percent(value) : unit === 'ms' ? `${plain(value)} ms` : plain(value);
  const limits = points.flatMap(({ at, limit }) => (limit === undefined ? [] : [{ at, value: limit }]));
  const all = [...points.map(({ value }) => value), ...limits.map(({ value }) => value)].filter(Number.isFinite);
  const { value, ticks } = unit === 'ratio' ? belowOne(Math.min(...all)) : aroundZero(all, shown);
  const last = points.at(-1);
  return chart({
    title: name,
    says: `${name}: ${plural(points.length, 'measurement')}, the last ${last ? shown(last.value) : 'none'}${last?.limit === undefined ? '' : `, limit ${shown(last.limit)}`}.`,
    keys: [
      { kind: 'line candidate', text: 'new version' },
      ...(limits.length > 0 ? [{ kind: 'line limit', text: 'limit' }] : []),
    ],
    time: spanOf(release.started, release.until),
    value,
    ticks,
    draw: (x, y) => [
      html`<path class="line limit" d="${held(limits, release.until, x, y)}"/>`,
      html`<path class="line candidate" d="${through(points, x, y)}"/>`,
      html`<path class="dot candidate" d="${dots(points.slice(-1), x, y)}"/>`,
    ],
    data: dataTable({
      caption: `Figures: ${name}`,
      heads: ['At', 'Measured', 'Limit', 'Outcome'],
      rows: points
        .slice(-60)
        .map(({ at, value, limit, outcome }) => [
          clockTime(at),
          shown(value),
          limit === undefined ? '–' : shown(limit),
          outcome,
        ]),
    }),
  });
}

interface Axis {
  readonly value: Span;
  readonly ticks: readonly Tick[];
}

/** The axis of a ratio ends at 1 and starts a little below the lowest value. */
function belowOne(lowest: number): Axis {
  const { end, ticks } = niceTicks(Math.min(1, Math.max(0.001, (1 - lowest) * 1.3)), (value, step) =>
    roundPercent(1 - value, step),
  );
  return { value: { from: 1 - end, to: 1 }, ticks: ticks.map(({ value, label }) => ({ value: 1 - value, label })) };
}

function aroundZero(all: readonly number[], shown: (value: number) => string): Axis {
  const least = Math.min(0, ...all);
  const { end, ticks } = niceTicks(Math.max(0, ...all) - least || 1, (value) => shown(value + least));
  return {
    value: { from: least, to: least + end },
    ticks: ticks.map(({ value, label }) => ({ value: value + least, label })),
  };
}
