import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant. Undefined when none is similar enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 100) return undefined;
  const near = known
    .map((candidate) => ({ candidate, away: distance(flatten(name), flatten(candidate)) }))
    .toSorted((a, b) => a.away - b.away);
  const best = near[0];
  return best && best.away <= Math.max(2, Math.ceil(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Case and separators are ignored, because they differ between spellings of one name. */
function flatten(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
