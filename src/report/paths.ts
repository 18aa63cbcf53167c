import type { Bucket } from '../domain/report/report.ts';
import { down, type Place } from './axis.ts';

/** A line of horizontal segments, one for each bucket. A gap in time is a gap in the line. */
export function steps<T>(
  buckets: readonly Bucket<T>[],
  x: Place,
  y: Place,
  of: (value: T) => number | undefined,
): string {
  let end: number | undefined;
  return buckets
    .map(({ from, to, value }) => {
      const own = of(value);
      if (own === undefined) return '';
      const piece = `${end === from ? 'V' : `M${x(from)} `}${down(y, own)}H${x(to)}`;
      end = to;
      return piece;
    })
    .join('');
}

/** The areas between two bounds, one for each bucket. */
export function bands<T>(
  buckets: readonly Bucket<T>[],
  x: Place,
  y: Place,
  of: (value: T) => { readonly low: number; readonly high: number } | undefined,
): string {
  return buckets
    .map(({ from, to, value }) => {
      const own = of(value);
      return own ? `M${x(from)} ${down(y, own.low)}V${down(y, own.high)}H${x(to)}V${down(y, own.low)}Z` : '';
    })
    .join('');
}

export interface Point {
  readonly at: number;
  readonly value: number;
}

/** A line through points. */
export function through(points: readonly Point[], x: Place, y: Place): string {
  return points.map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${down(y, value)}`).join('');
}

/** A line that keeps each value until the next point, and the last value until `end`. */
export function held(points: readonly Point[], end: number, x: Place, y: Place): string {
  const corners = points.map(({ at, value }, index) => `${index === 0 ? `M${x(at)} ` : `H${x(at)}V`}${down(y, value)}`);
  return points.length === 0 ? '' : `${corners.join('')}H${x(end)}`;
}

/** Dots: lines of zero length with round ends, which stay round when the chart is stretched. */
export function dots(points: readonly Point[], x: Place, y: Place): string {
  return points.map(({ at, value }) => `M${x(at)} ${down(y, value)}h0`).join('');
}
