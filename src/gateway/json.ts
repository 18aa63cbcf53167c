/** Numbers that lose digits or change their form when JavaScript reads and writes them again. */
const FRAGILE = /\d{16}|\d\.\d*0\b|\d[eE]/;

interface Source {
  readonly source?: string;
}

const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** JSON.parse for what is written again by JSON.stringify: numbers keep the form that they were written in. */
export function parseKept(text: string): unknown {
  if (!FRAGILE.test(text)) return JSON.parse(text);
  const keep = (_key: string, value: unknown, context: Source): unknown =>
    typeof value === 'number' && context.source !== undefined && String(value) !== context.source
      ? rawJSON(context.source)
      : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

/** JSON.parse that returns undefined for what is not JSON. */
export function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
