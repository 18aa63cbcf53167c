import { z } from 'zod';
import type { Problem } from '../contract/parse.ts';
import { parse } from '../contract/parse.ts';
import { reason, requestId, targetFields } from '../contract/target.ts';
import { parseReleaseId, releaseId } from '../domain/release/target.ts';
import type { CommandContext } from './command.ts';
import { confirmField } from './confirm.ts';

/** The fields that identify the release in every command about one. */
export const whichRelease = {
  release_id: z
    .string()
    .max(800)
    .refine((id) => parseReleaseId(id) !== undefined, 'must look like release/<cluster>/<namespace>/<rollout>')
    .optional()
    .describe('release/<cluster>/<namespace>/<rollout>'),
  target: targetFields.optional().describe('Instead of release_id.'),
};

/** What a command takes that acts on a release as a whole, and is confirmed. */
export const confirmedRequest = z.strictObject({
  ...whichRelease,
  reason: reason.optional(),
  request_id: requestId.optional(),
  confirm: confirmField,
});

/** Checks arguments that name a release either by id or by target. */
export function checkWhich<S extends z.ZodType>(schema: S, raw: unknown, more: readonly Problem[] = []): z.output<S> {
  const { release_id: id, target } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const count = [id, target].filter((value) => value !== undefined).length;
  const message = count === 0 ? 'is missing: give release_id, or target' : 'give release_id or target, not both';
  return parse(schema, raw ?? {}, count === 1 ? more : [{ path: 'release_id', message }, ...more]);
}

interface Which {
  readonly release_id?: string | undefined;
  readonly target?: z.output<typeof targetFields> | undefined;
}

/** The release id that an input names. An absent cluster is the current context. */
export async function idOf(context: CommandContext, input: Which): Promise<string> {
  if (input.release_id) return input.release_id;
  const { cluster, namespace = '', rollout = '' } = input.target ?? {};
  return releaseId({ cluster: cluster ?? (await context.clusters.current()), namespace, rollout });
}
