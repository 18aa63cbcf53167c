/** Bucket widths that are easy to read, in ms. */
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** The narrowest width, in ms, that divides a span (ms) into at most `most` buckets. */
export function widthFor(span: number, most: number): number {
  const width = WIDTHS.find((one) => span / one <= most);
  return width ?? Math.ceil(span / most / 86_400_000) * 86_400_000;
}

/** Groups items by the bucket that contains their end: (from, to], ascending. A bucket without items is omitted. */
export function inBuckets<T extends { readonly at: number }>(
  items: readonly T[],
  most: number,
): readonly { readonly from: number; readonly to: number; readonly items: readonly T[] }[] {
  const times = items.map(({ at }) => at);
  const width = widthFor(spanOf(times), most);
  const byEnd = new Map<number, T[]>();
  for (const item of items) {
    const to = Math.ceil(item.at / width) * width;
    byEnd.set(to, [...(byEnd.get(to) ?? []), item]);
  }
  return [...byEnd].sort(([a], [b]) => a - b).map(([to, own]) => ({ from: to - width, to, items: own }));
}

function spanOf(times: readonly number[]): number {
  const [first = 0, last = 0] = [
    times.reduce((a, b) => Math.min(a, b), Infinity),
    times.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  return times.length === 0 ? 0 : last - first;
}
