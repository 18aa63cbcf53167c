import { cleanText, maskSecrets } from '../safe-text.ts';
import { maskedArguments } from '../servers/masked.ts';
import { isRecord, type ApiObject } from './api-object.ts';

const HIDDEN = '***';
/** A name under which a credential is usually kept. */
const SECRET_NAME =
  /(pass(word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|dsn)$/i;
/** Annotations that contain a copy of the whole object. */
const COPIES: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'objectset.rio.cattle.io/applied',
];
/** No object of a cluster is larger. What is too large for an answer is shortened later, and named. */
const MAX_TEXT = 2_000_000;

/**
 * An object as it may be shown: without managed fields, with the values of a Secret and all values hidden whose name or
 * content looks like a credential, and with clean texts. Copies of the object in its annotations are left out.
 */
export function maskedObject(object: ApiObject): ApiObject {
  return record(isSecret(object) ? hiddenData(object) : object);
}

export function isSecret({ kind }: ApiObject): boolean {
  return kind === 'Secret';
}

/** The keys of a Secret stay, because a reader needs to know which exist. */
function hiddenData(object: ApiObject): ApiObject {
  const hidden = (value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN])) : HIDDEN;
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, key === 'data' || key === 'stringData' ? hidden(value) : value]),
  );
}

function record(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === 'managedFields' ? [] : [[key, member(key, inner)]])),
  );
}

function member(key: string, value: unknown): unknown {
  if (COPIES.includes(key)) return `left out: a copy of the object, ${String(value).length} characters`;
  if ((key === 'args' || key === 'command') && isTexts(value)) return maskedArguments(value).map((text) => shown(text));
  return masked(key, value);
}

function masked(key: string, value: unknown): unknown {
  if (typeof value === 'string') return SECRET_NAME.test(key) && value !== '' ? HIDDEN : shown(value);
  if (Array.isArray(value)) return value.map((item) => masked(key, item));
  if (!isRecord(value)) return value;
  const { name } = value;
  // An entry of `env`, and whatever else pairs a name with a value.
  if (typeof name === 'string' && SECRET_NAME.test(name) && typeof value['value'] === 'string')
    return record({ ...value, value: HIDDEN });
  return record(value);
}

function shown(text: string): string {
  return maskSecrets(cleanText(text, MAX_TEXT));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
