import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { reason, requestId } from '../../contract/target.ts';
import { senderOf } from '../../domain/release/approval.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { Command, CommandContext, Confirmation } from '../../commands/command.ts';
import { withDecisionPage } from '../../commands/decision-page.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { checkWhich, idOf, whichRelease } from '../../commands/which-release.ts';

/** How long the caller waits for the answer of the release. */
const ANSWER_WAIT_MS = 3_000;

const input = z.strictObject({ ...whichRelease, reason, request_id: requestId.optional(), confirm: confirmField });
const output = z.strictObject({
  release_id: z.string(),
  request_id: z.string(),
  outcome: z.enum(['applied', 'accepted', 'refused']),
  detail: z.string(),
  duplicate: z.boolean(),
});

export const windowOverride: Command<typeof input, typeof output> = {
  name: 'window_override',
  title: 'Override the windows of a release',
  description:
    'Lets a release that waits for its windows go on now. Needs a reason and confirm; both are kept in the record. Another window that closes later still holds it.',
  kind: 'destructive',
  needs: 'approve',
  idempotent: true,
  toolset: 'window',
  input,
  output,
  examples: [
    {
      title: 'A release that repairs an outage',
      input: {
        release_id: 'release/prod/shop/web',
        reason: 'repairs the outage of today',
        confirm: 'release/prod/shop/web',
      },
    },
  ],
  check: (raw) => checkWhich(input, raw),
  confirmation: async (context, which) => confirmationOf(context, await idOf(context, which)),
  async run(context, { reason: why, request_id: given, confirm, ...which }) {
    const id = await idOf(context, which);
    requireConfirmation(await confirmationOf(context, id), confirm);
    const command = {
      name: 'override-windows',
      requestId: given ?? randomUUID(),
      who: context.caller.id,
      ...(context.caller.identity && { sender: senderOf(context.caller) }),
      why,
    } as const;
    const done = await context.gateway.command(id, command, ANSWER_WAIT_MS).catch((error: unknown) => {
      throw withDecisionPage(context, id, error);
    });
    const { requestId: request_id, outcome, duplicate, detail } = done;
    return { release_id: id, request_id, outcome, detail: maskSecrets(cleanText(detail)), duplicate };
  },
  problem: ({ outcome }) => (outcome === 'refused' ? 'NOT_WAITING' : undefined),
  text: ({ release_id: id, outcome, detail }) => `override-windows ${outcome}: ${detail}\n${id}`,
};

/** The question names what is overridden. Errors: those of ReleaseGateway.get. */
async function confirmationOf({ gateway }: CommandContext, id: string): Promise<Confirmation> {
  const { state, reason: now } = await gateway.get(id);
  return { value: id, question: `Let ${id} go on although its windows are closed? It is ${state}: ${cleanText(now)}.` };
}
