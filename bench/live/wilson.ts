/** z of a two-sided 95 % interval. */
const Z = 1.959964;

/**
 * The 95 % interval of a share of which `hits` of `n` were seen, 0…1 (E. B. Wilson, JASA 22, 1927). Of nothing: the whole range.
 */
export function wilson(hits: number, n: number): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = hits / n;
  const centre = share + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}
