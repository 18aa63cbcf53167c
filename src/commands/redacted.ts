import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import { hiddenValues, maskedArguments } from '../domain/servers/masked.ts';

const SECRET_KEY = /password|passwd|secret|token|api_?key|authorization|kubeconfig/i;
/** Texts of objects and values of charts: they may contain a secret that looks like any other value. */
const WHOLE_TEXTS: readonly string[] = ['manifest', 'patch', 'values'];

/**
 * Arguments for a log. They come from any caller, so texts that look like a secret are masked, and long texts are cut.
 */
export function redacted(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (key && SECRET_KEY.test(key)) return '***';
    if ((key === 'env' || key === 'headers') && isRecord(inner)) return hiddenValues(inner);
    if (WHOLE_TEXTS.includes(key) && typeof inner === 'string') return `left out: ${inner.length} characters`;
    if (key === 'args' && Array.isArray(inner)) return maskedArguments(inner.map(String));
    return typeof inner === 'string' ? maskSecrets(cleanText(inner, 500)) : inner;
  });
  return text.length <= 10_000 ? JSON.parse(text) : `${text.slice(0, 10_000)}…`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
