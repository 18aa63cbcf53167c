import { z } from 'zod';
import { CONTRACT_RULES, VULNERABILITY_ID } from '../domain/delivery/checks.ts';
import { SECRET_RULES } from '../domain/delivery/secret-rules.ts';
import type { Waiver } from '../domain/delivery/waivers.ts';
import { parse } from './parse.ts';

/** Those that have a name. A vulnerability has an id instead. */
const RULES: readonly string[] = [...SECRET_RULES, ...CONTRACT_RULES];

const text = (most: number) => z.string().trim().min(1).max(most);

/** waivers.yaml of a deployment, as a person writes it. */
const waiversFile = z.strictObject({
  waivers: z
    .array(
      z.strictObject({
        rule: z.string().refine((rule) => RULES.includes(rule) || VULNERABILITY_ID.test(rule), {
          error: `must be an id as in CVE-2026-12345, or one of ${RULES.join(', ')}`,
        }),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be the id of the image: sha256:…'),
        reason: text(500),
        person: text(100),
        expires: z.iso.date(),
      }),
    )
    .max(100),
});

/** Errors: INVALID_INPUT and UNKNOWN_NAME with all problems at once. */
export function parseWaivers(value: unknown): readonly Waiver[] {
  return parse(waiversFile, value).waivers;
}
