/** Everything is kept for so long; afterwards one of each stretch. */
const SINGLE_MS = 600_000;

/**
 * Whether something that happened at `at` is kept, when the last one that was kept happened at `last` (epoch ms).
 * Stretches double with the age since `startsAt`, so that what is kept of a week are some thousands.
 */
export function isNewStretch(startsAt: number, last: number | undefined, at: number): boolean {
  const age = at - startsAt;
  if (last === undefined || age <= SINGLE_MS) return true;
  const width = 1_000 * 2 ** Math.ceil(Math.log2(age / SINGLE_MS));
  return Math.floor(at / width) !== Math.floor(last / width);
}
