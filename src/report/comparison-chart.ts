import type { Comparison, ReleaseReport, Share } from '../domain/report/report.ts';
import { niceTicks } from './axis.ts';
import { chart, dataTable, having, spanOf } from './chart.ts';
import { clockTime, percent, ratioOf, roundPercent, whole } from './figures.ts';
import { html, type Html } from './html.ts';
import { bands, steps } from './paths.ts';

/** Minimum upper end of an axis, as a share 0…1. Two errors in a thousand must not look large. */
const MIN_TOP = 0.005;

/** The share of bad answers of both arms, with their confidence bands. */
export function comparisonChart(comparison: Comparison, { release }: ReleaseReport): Html {
  const { name, counted, source, buckets } = comparison;
  const arm = (which: 'candidate' | 'stable'): readonly Share[] => having(buckets, (value) => value[which]);
  const { end, ticks } = niceTicks(topOf([...arm('candidate'), ...arm('stable')]), roundPercent);
  return chart({
    title: name === 'errors' ? 'Error ratio' : `Slow answers: ${counted.replace('answers ', '')}`,
    says: `Share of ${counted} over time. New version: ${overall(arm('candidate'))}. Stable: ${overall(arm('stable'))}.`,
    keys: [
      { kind: 'line candidate', text: 'new version' },
      { kind: 'line stable', text: 'stable' },
      { kind: 'band candidate', text: '95 % band' },
    ],
    time: spanOf(release.started, release.until),
    value: { from: 0, to: end },
    ticks,
    draw: (x, y) =>
      (['stable', 'candidate'] as const).flatMap((which) => [
        html`<path class="band ${which}" d="${bands(buckets, x, y, (value) => value[which])}"/>`,
        html`<path class="line ${which}" d="${steps(buckets, x, y, (value) => value[which] && value[which].hits / value[which].of)}"/>`,
      ]),
    note: `${source === 'blocks' ? 'From the blocks that the judge weighed, between two scrapes of one Traefik' : 'From the counts of each verdict since its step began'}; bands are Wilson’s 95\u00a0% intervals.`,
    data: dataTable({
      caption: `Figures: ${counted}`,
      heads: ['Until', 'New version, 95 % interval', 'Stable, 95 % interval'],
      rows: buckets.map(({ to, value: { candidate, stable } }) => [
        clockTime(to),
        candidate ? ratioOf(candidate) : 'no requests',
        stable ? ratioOf(stable) : 'no requests',
      ]),
    }),
  });
}

/**
 * The upper end of the axis: high enough for every share and for half of the bands. The widest bands, of few requests,
 * are clipped.
 */
function topOf(shares: readonly Share[]): number {
  const highs = shares.map(({ high }) => high).toSorted((a, b) => a - b);
  const usual = highs[Math.floor(highs.length / 2)] ?? 0;
  return Math.min(1, Math.max(MIN_TOP, usual, ...shares.map(({ hits, of }) => hits / of)));
}

function overall(shares: readonly Share[]): string {
  const of = shares.reduce((sum, one) => sum + one.of, 0);
  return of === 0
    ? 'no requests'
    : `${percent(shares.reduce((sum, { hits }) => sum + hits, 0) / of)} of ${whole(of)} requests`;
}
