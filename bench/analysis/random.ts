/** Uniform numbers in [0, 1). The same seed gives the same numbers on every machine. */
export type Random = () => number;

/**
 * mulberry32 (T. Ettinger, public domain). It has 32 bits of state, which is enough for a simulation but not for
 * secrets.
 */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** From this expectation on, counts are drawn from the rounded normal distribution. */
const LARGE = 50;

export function poisson(random: Random, mean: number): number {
  if (mean >= LARGE) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const u = random();
  let [count, term] = [0, Math.exp(-mean)];
  for (let sum = term; u > sum && term > 0; sum += term) term *= mean / (count += 1);
  return count;
}

/** A draw from the binomial distribution: how many of `n` are bad with probability `p` each. */
export function binomial(random: Random, n: number, p: number): number {
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (n * p >= LARGE) return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal(random))));
  const u = random();
  const odds = p / (1 - p);
  let [count, term] = [0, (1 - p) ** n];
  for (let sum = term; u > sum && count < n; sum += term) term *= ((n - count) / (count += 1)) * odds;
  return count;
}

/** The Box–Muller method. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
