import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

/** Cleans text from a cluster for use in one line of a message. */
export function plainLine(text: string, max = 200): string {
  return cleanText(maskSecrets(text).replaceAll(/\s+/g, ' ').trim(), max);
}
