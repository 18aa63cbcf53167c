import { short } from '../tools/figures.ts';
import type { Figures } from './measure.ts';

/** What a contender adds to the time of a call, in ms. NaN if the direct connection was not measured. */
export function added({ p50 }: Figures, figures: readonly Figures[]): number {
  return p50 - (figures.find(({ name }) => name === 'direct')?.p50 ?? NaN);
}

/**
 * Ratios to the best of the others: of the added time, below 1 is faster; of the calls, above 1 is more. `memory`: of a
 * gateway with that many idle sessions, in MB. Throws if there is nothing to compare with.
 */
export function lastLine(figures: readonly Figures[], sessions: number, memory: number): string {
  const ours = figures.find(({ name }) => name === 'sluice');
  const peers = figures.filter(({ name }) => name !== 'sluice' && name !== 'direct');
  const [quickest] = peers.toSorted((a, b) => a.p50 - b.p50);
  const at32 = ({ rates }: Figures): number => rates[32] ?? 0;
  const [busiest] = peers.toSorted((a, b) => at32(b) - at32(a));
  if (!ours || !quickest || !busiest) throw new Error('nothing to compare with');
  const time = (added(ours, figures) / added(quickest, figures)).toFixed(2);
  const rate = (at32(ours) / at32(busiest)).toFixed(2);
  return `added p50 x${time} of ${quickest.name}, calls/s x${rate} of ${busiest.name}, ${sessions} sessions ${short(memory)} MB`;
}
