/**
 * The callers that a green version is for: those whose header, or whose claim in the bearer token, has one of the
 * values. Names of headers are in lower case.
 */
export interface Audience {
  readonly by: 'header' | 'claim';
  readonly name: string;
  readonly values: readonly string[];
}

/** `header:<name>=<value>,<value>` or `claim:<name>=<value>`. Values are printable ASCII without a comma. */
export const AUDIENCE =
  /^(header|claim):([A-Za-z0-9_.:/-]{1,100})=([!-+\--~][ -+\--~]{0,99}(?:,[!-+\--~][ -+\--~]{0,99}){0,49})$/;

/** The audience that a text names. Undefined if it has another form. */
export function readAudience(text: string): Audience | undefined {
  const [, by, name = '', values = ''] = AUDIENCE.exec(text) ?? [];
  if (by !== 'header' && by !== 'claim') return undefined;
  return { by, name: by === 'header' ? name.toLowerCase() : name, values: values.split(',') };
}

export function audienceText({ by, name, values }: Audience): string {
  return `${by}:${name}=${values.join(',')}`;
}

/**
 * What is known of a caller: its headers, and the claims of its token. They prove something only where the gateway asks
 * for credentials.
 */
export interface Attributes {
  readonly headers: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Whether the caller belongs to the audience. A claim that is a list needs one of the values in it. */
export function isInAudience({ by, name, values }: Audience, { headers, claims }: Attributes): boolean {
  const value = by === 'header' ? headers[name] : claims[name];
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.some((one) => isPlain(one) && values.includes(String(one)));
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
