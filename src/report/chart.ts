import type { Bucket } from '../domain/report/report.ts';
import { grid, HIGH, labels, scale, timeTicks, WIDE, type Place, type Span, type Tick } from './axis.ts';
import { html, type Html } from './html.ts';

/** One line of a legend. `kind` is the CSS class that draws it. */
export interface Key {
  readonly kind: string;
  readonly text: string;
}

export interface Chart {
  readonly title: string;
  /** A description of the chart in words, for screen readers. */
  readonly says: string;
  readonly keys: readonly Key[];
  readonly time: Span;
  readonly value: Span;
  readonly ticks: readonly Tick[];
  readonly draw: (x: Place, y: Place) => readonly Html[];
  /** Numbered marks above the chart, at times. */
  readonly marks?: readonly { readonly at: number; readonly text: string }[];
  readonly note?: string;
  readonly data?: Html | undefined;
}

/** A chart with its title, legend and axes. It fills its container at any width. */
export function chart({ title, says, keys, time, value, ticks, draw, marks = [], note, data }: Chart): Html {
  const x = scale(time, WIDE);
  return html`<figure>
<figcaption><h3>${title}</h3>${legend(keys)}</figcaption>
<div class="plot">${
    marks.length > 0 &&
    labels(
      'x',
      time,
      marks.map(({ at, text }) => ({ value: at, label: text })),
    )
  }
${labels('y', value, ticks)}
<svg role="img" aria-label="${says}" viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none">${grid(value, ticks)}${marks.length > 0 && html`<path class="mark" d="${marks.map(({ at }) => `M${x(at)} 0V${HIGH}`).join('')}"/>`}${draw(x, scale(value, HIGH))}</svg>
${labels('x', time, timeTicks(time))}</div>
${note !== undefined && html`<p class="note">${note}</p>`}${data}
</figure>
`;
}

function legend(keys: readonly Key[]): Html {
  return html`<ul class="legend">${keys.map(({ kind, text }) => html`<li><svg aria-hidden="true" viewBox="0 0 24 10"><path class="${kind}" d="${kind.startsWith('dot') ? 'M12 5h0' : kind.startsWith('band') ? 'M0 1H24V9H0Z' : 'M0 5H24'}"/></svg>${text}</li>`)}</ul>`;
}

/** A time span that is never empty. It has a margin after its end, so that the last event does not touch the edge. */
export function spanOf(from: number, to: number): Span {
  const end = Math.max(to, from + 1000);
  return { from, to: end + (end - from) * 0.015 };
}

export interface Table {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The figures of a chart, in a collapsed section. */
export function dataTable({ caption, heads, rows }: Table): Html | undefined {
  if (rows.length === 0) return undefined;
  return html`<details class="data"><summary>${caption}</summary>${table({ caption, heads, rows })}</details>`;
}

/** A table that scrolls by itself where it is too wide. */
export function table({ caption, heads, rows }: Table): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** The values of the buckets that have one. */
export function having<T, U>(buckets: readonly Bucket<T>[], of: (value: T) => U | undefined): readonly U[] {
  return buckets.flatMap(({ value }) => of(value) ?? []);
}
