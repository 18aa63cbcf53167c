import { widthFor } from '../domain/report/buckets.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

/**
 * The coordinate range of every chart. A chart is stretched to its container, so these are parts of it and not pixels.
 */
export const WIDE = 1000;
export const HIGH = 200;
/** Maximum number of time labels on a narrow screen. */
const MAX_TIMES = 4;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Maps a value to a position between 0 and `length`, clipped at both ends. */
export function scale({ from, to }: Span, length: number): (value: number) => number {
  const width = Math.max(to - from, Number.MIN_VALUE);
  return (value) => Math.round(Math.min(1, Math.max(0, (value - from) / width)) * length * 10) / 10;
}

export type Place = (value: number) => number;

/** Maps a value to its distance from the top edge of a chart. */
export function down(y: Place, value: number): number {
  return Math.round((HIGH - y(value)) * 10) / 10;
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Labels of a time axis, at full minutes, hours or days, as many as there is room for. */
export function timeTicks({ from, to }: Span): readonly Tick[] {
  const width = widthFor(to - from, MAX_TIMES);
  const first = Math.ceil(from / width) * width;
  // A label in the last twentieth would exceed the edge.
  const count = Math.floor((from + (to - from) * 0.95 - first) / width) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * width).map((value) => ({
    value,
    label: timeLabel(value, width),
  }));
}

function timeLabel(at: number, width: number): string {
  const text = new Date(at).toISOString();
  if (width >= 86_400_000) return text.slice(5, 10);
  return width < 60_000 ? text.slice(11, 19) : text.slice(11, 16);
}

/** The step for about four labels from 0 to `most`: 1, 2 or 5 times a power of ten. */
export function niceStep(most: number): number {
  const rough = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10) * power;
}

/** Ticks from 0, and the end of the axis: the first multiple of the step that is at least `most`. */
export function niceTicks(
  most: number,
  label: (value: number, step: number) => string,
): { readonly end: number; readonly ticks: readonly Tick[] } {
  const step = niceStep(most);
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  return {
    end: count * step,
    ticks: Array.from({ length: count + 1 }, (_, index) => ({ value: index * step, label: label(index * step, step) })),
  };
}

/** Labels beside the chart. They are text, so that they keep their size when the chart is stretched. */
export function labels(side: 'x' | 'y', span: Span, ticks: readonly Tick[]): Html {
  const place = scale(span, 100);
  return html`<div class="axis ${side}" aria-hidden="true">${ticks.map(({ value, label }) => html`<span style="${side === 'x' ? 'left' : 'bottom'}:${place(value)}%">${label}</span>`)}</div>`;
}

/** Grid lines across the chart. */
export function grid(span: Span, ticks: readonly Tick[]): Html {
  const y = scale(span, HIGH);
  return html`<path class="grid" d="${ticks.map(({ value }) => `M0 ${down(y, value)}H${WIDE}`).join('')}"/>`;
}
