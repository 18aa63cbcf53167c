const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x), x > 0 (C. Lanczos, SIAM J. Numer. Anal. B 1, 1964; g = 7, n = 9). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x - 1 + 7.5;
  const series = LANCZOS.slice(1).reduce<number>((sum, one, index) => sum + one / (x + index), LANCZOS[0]);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** Terms below this part of the sum are ignored. */
const NEGLIGIBLE = 1e-13;

/**
 * P(X ≤ hits) of X ~ Binomial(total, p) with 0 < p < 1 and whole counts. It is exact: a sum, term by term, away from
 * the largest term.
 */
export function binomialTail(hits: number, total: number, p: number): number {
  if (hits < 0) return 0;
  if (hits >= total * p) return upperPart(hits, total, p);
  let term = termAt(hits, total, p);
  let sum = 0;
  for (let k = hits; k >= 0 && term > sum * NEGLIGIBLE; k -= 1) {
    sum += term;
    term *= (k / (total - k + 1)) * ((1 - p) / p);
  }
  return Math.min(1, sum);
}

/** Above the mean the sum from above is the shorter one. */
function upperPart(hits: number, total: number, p: number): number {
  let term = termAt(hits, total, p);
  let above = 0;
  for (let k = hits; k < total; k += 1) {
    term *= ((total - k) / (k + 1)) * (p / (1 - p));
    above += term;
    if (term <= above * NEGLIGIBLE) break;
  }
  return Math.max(0, 1 - above);
}

function termAt(k: number, total: number, p: number): number {
  const choose = logGamma(total + 1) - logGamma(k + 1) - logGamma(total - k + 1);
  return Math.exp(choose + k * Math.log(p) + (total - k) * Math.log(1 - p));
}
