import { createHash } from 'node:crypto';
import { z } from 'zod';
import { reason } from '../../contract/target.ts';
import { sorted } from '../../domain/cluster-objects/differences.ts';
import type { Manager } from '../../domain/cluster-objects/managing-tool.ts';
import { SluiceError } from '../../domain/errors.ts';

/** The digest of a plan. It stands for everything in `content`. */
export function planDigest(content: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex')
    .slice(0, 16);
}

/** The digest that a write carries. `plan`: the tool that gives it. */
export const digestField = (plan: string) =>
  z
    .string({
      error: ({ input }) =>
        input === undefined ? `is missing; ${plan} with these arguments answers with it` : undefined,
    })
    .regex(/^[0-9a-f]{16}$/, `must be the digest of ${plan}`)
    .describe(`\`digest\` of ${plan}.`);

export const reasonField = reason.optional().describe('Why. Needed for what Flux or Argo CD manages.');

/** `what` is planned: "this change of Deployment shop/web". Errors: PLAN_CHANGED. */
export function requirePlanned(plan: string, what: string, digest: string, carried: unknown): void {
  if (digest === carried) return;
  throw new SluiceError('PLAN_CHANGED', `The digest does not belong to ${what} as it is now. Nothing was changed.`, {
    next: `Call ${plan} with the same arguments, read what it shows, and pass its digest.`,
  });
}

/** What a tool puts back by itself is changed only for a reason, which the audit log keeps. Errors: REASON_REQUIRED. */
export function requireReason(
  managed: readonly { readonly what: string; readonly managers: readonly Manager[] }[],
  given: unknown,
): void {
  const reverting = managed.flatMap(({ what, managers }) =>
    managers.filter(({ reverts }) => reverts).map(({ tool, willDo }) => `${tool} manages ${what}. ${willDo}`),
  );
  if (reverting.length === 0 || given !== undefined) return;
  throw new SluiceError('REASON_REQUIRED', `${reverting.join(' ')} Nothing was changed.`, {
    next: 'Change it at its source. If it has to be changed here, pass reason.',
  });
}
