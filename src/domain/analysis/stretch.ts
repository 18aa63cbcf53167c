/** For this long everything is stored. Afterwards one item of each interval is stored. */
const SINGLE_MS = 600_000;

/**
 * Whether an item of time `at` is stored when the last stored item is of time `last` (epoch ms). Intervals double with
 * the age since `startsAt`, so that a week has some thousands of stored items.
 */
export function isNewStretch(startsAt: number, last: number | undefined, at: number): boolean {
  const age = at - startsAt;
  if (last === undefined || age <= SINGLE_MS) return true;
  const width = 1_000 * 2 ** Math.ceil(Math.log2(age / SINGLE_MS));
  return Math.floor(at / width) !== Math.floor(last / width);
}
