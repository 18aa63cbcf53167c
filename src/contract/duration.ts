import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PATTERN = /^(?:\d{1,9}(?:ms|s|m|h|d)){1,5}$/;
const MAX_MS = 366 * 86_400_000;

/**
 * A duration as people write it: `30s`, `5m`, `1h30m`. A number without a unit is refused, because its unit would be a
 * guess.
 */
export const duration = z
  .string({ error: 'must be a duration with a unit, such as "30s", "5m" or "2h"' })
  .regex(PATTERN, 'must be a duration with a unit, such as "30s", "5m" or "2h"')
  .refine((text) => !PATTERN.test(text) || toMs(text) <= MAX_MS, 'must not be longer than a year');

/** As `duration`, or `0`, which turns the thing off. */
export const durationOrZero = z
  .string({ error: 'must be a duration with a unit, such as "30m", or "0"' })
  .regex(/^(?:0|(?:\d{1,9}(?:ms|s|m|h|d)){1,5})$/, 'must be a duration with a unit, such as "30m", or "0"')
  .refine((text) => toMs(text) <= MAX_MS, 'must not be longer than a year');

/** Milliseconds of a duration that the schema has accepted. */
export function toMs(text: string): number {
  return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}
