import { z } from 'zod';
import { EFFECTIVE } from '../domain/effect.ts';
import type { ErrorCode } from '../domain/errors.ts';

/** The fields of every answer of a write tool, with the snapshot of the object that it writes to. */
export const effectFields = <S extends z.ZodObject>(snapshot: S) => ({
  changed: z.boolean().describe('False: reason says why.'),
  effective: z
    .enum(EFFECTIVE)
    .describe('proved: read back everywhere; pending: not yet; refused: nothing was written.'),
  reason: z.string(),
  before: snapshot.optional(),
  after: snapshot.optional(),
  release_id: z.string().optional().describe('The running release that took the command over.'),
  next: z.string().optional(),
});

/** The error code of a write tool's answer. A refusal is an error for a script. */
export function effectProblem(output: { readonly effective?: unknown }): ErrorCode | undefined {
  return output.effective === 'refused' ? 'NOT_APPLICABLE' : undefined;
}
