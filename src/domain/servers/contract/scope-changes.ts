import { canonical } from './canonical.ts';
import type { Json } from './lock.ts';

/** The name of a field with scopes of OAuth: `scope`, `scopes`, `requiredScopes`. */
const SCOPES = /(?:^|[a-z_])scopes?$/i;
/** Fields whose names are those of arguments and of values. */
const SCHEMAS: readonly string[] = ['inputSchema', 'outputSchema'];
const DEPTH = 8;

/**
 * The scopes of OAuth that the second definition asks for and the first does not. The protocol has no field for the
 * scopes of a tool. Servers name them in `securitySchemes` (the field of OpenAPI 3, which OpenAI's Apps SDK has for
 * tools) or in `_meta`, as a list or as one text with spaces (RFC 6749, section 3.3).
 */
export function gainedScopes(from: Json, to: Json): readonly string[] {
  const before = new Set(scopesIn(from));
  return [...new Set(scopesIn(to))].filter((scope) => !before.has(scope)).toSorted();
}

/** Whether the ways to log in differ otherwise. The order of scopes does not count. */
export function loginDiffers(from: Json, to: Json): boolean {
  const [before, after] = [from, to].map(({ securitySchemes }) => canonical(sorted(securitySchemes ?? null)));
  return before !== after;
}

function scopesIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((one) => scopesIn(one, depth + 1));
  return Object.entries(value).flatMap(([key, one]) => {
    if (depth === 0 && SCHEMAS.includes(key)) return [];
    return SCOPES.test(key) ? named(one) : scopesIn(one, depth + 1);
  });
}

function named(value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((one) => (typeof one === 'string' ? one.split(/\s+/).filter(Boolean) : []));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => canonical(sorted(one))).toSorted();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sorted(one)]));
}
