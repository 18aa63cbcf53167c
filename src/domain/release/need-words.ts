import { stillNeeded } from '../analysis/sequential/still-needed.ts';
import type { Verdict } from '../analysis/verdict.ts';

/** What an open verdict still needs, and which field changes that. Undefined if no question lacks requests. */
export function needWords({
  findings,
  from,
  to,
  countedFrom = from,
}: Pick<Verdict, 'findings' | 'from' | 'to' | 'countedFrom'>): string | undefined {
  const need = stillNeeded(findings, Math.max(1, to - countedFrom));
  if (!need) return undefined;
  const { metric, requests, ms, field } = need;
  const way = `For the next release ${field} changes that.`;
  if (requests === undefined)
    return `${metric} is never proved within its margin, as the new version has answered so far. ${way}`;
  const time = ms === undefined ? 'none comes now' : `${spell(ms)} at the rate of this step`;
  return `${metric === 'requests' ? 'the step' : metric} needs about ${requests.toLocaleString('en')} more requests to the new version (${time}). ${way}`;
}

function spell(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
