// Everything that is not printable text: C0 and C1 controls but newline and tab, and the marks that reorder text.
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Makes text from a cluster, a file or a caller safe to show: no control characters, at most `max` characters. */
export function cleanText(text: string, max = 500): string {
  const plain = text.replace(UNPRINTABLE, '');
  return plain.length <= max ? plain : `${plain.slice(0, max - 1)}…`;
}

// Each pattern takes linear time, because logs have long lines: it begins where a word does, or ends before its own
// next beginning.
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/(password|passwd|secret|token|api[_-]?key|authorization)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, '$1$2***'],
  [/\beyJ(?:(?!-eyJ)[\w-]){8,}\.(?:(?!-eyJ)[\w-]){8,}\.[\w-]*/g, '***'],
  [/(\b\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, '$1:***@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----BEGIN )[\s\S])*?-----END [A-Z ]*PRIVATE KEY-----/g, '***'],
];

/** Masks texts that look like a credential. */
export function maskSecrets(text: string): string {
  return SECRETS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
