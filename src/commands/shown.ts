import { cleanText, maskSecrets } from '../domain/safe-text.ts';

/** Maximum number of characters of one resource. More would fill an agent's context with one object. */
export const MAX_CHARACTERS = 60_000;

const SECRET_KEY = /password|passwd|secret|token|api_?key|authorization|headers/i;
const MAX_TEXT = 4000;

/**
 * An object as JSON text. Control characters are removed, texts that look like a secret are masked, and its length is
 * limited.
 */
export function shownJson(value: unknown): string {
  const text = JSON.stringify(value, clean, 2);
  if (text.length <= MAX_CHARACTERS) return text;
  return JSON.stringify(
    {
      truncated: `The whole is ${text.length} characters; this is its beginning.`,
      beginning: text.slice(0, MAX_CHARACTERS / 2),
    },
    null,
    2,
  );
}

function clean(key: string, value: unknown): unknown {
  if (SECRET_KEY.test(key) && value !== null && typeof value !== 'boolean') return '***';
  return typeof value === 'string' ? maskSecrets(cleanText(value, MAX_TEXT)) : value;
}
