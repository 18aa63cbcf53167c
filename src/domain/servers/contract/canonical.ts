/**
 * JSON in the one form of RFC 8785: keys in the order of their UTF-16 units, numbers and texts as ECMAScript writes
 * them, no spaces. Throws TypeError for what JSON cannot hold: NaN, infinite numbers, half of a surrogate pair, and
 * values that are no JSON. A key with the value undefined is left out.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('A text has half of a surrogate pair.');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no JSON number.`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined || typeof value === 'bigint') throw new TypeError(`A ${typeof value} is no JSON.`);
  return text;
}

function canonicalObject(value: object): string {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, one]) => `${canonical(key)}:${canonical(one)}`).join(',')}}`;
}
