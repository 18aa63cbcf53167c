import { plural } from '../../domain/plural.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Replay } from '../../ports/split.ts';

const SHOWN = 5;

/** Where the new version answers in another way, for people. */
export function differenceWords(differences: Extract<Replay, { readonly compared: number }>['differences']): string {
  const texts = differences.slice(0, SHOWN).map(({ tool, path, what, calls }) => {
    const place = path === '' ? '' : `${path} `;
    return cleanText(`${tool}: ${place}${what} (${plural(calls, 'call')})`, 200);
  });
  return [...texts, ...(differences.length > SHOWN ? [`and ${differences.length - SHOWN} more`] : [])].join('; ');
}
