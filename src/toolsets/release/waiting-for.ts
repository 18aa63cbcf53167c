import { z } from 'zod';
import type { CommandContext } from '../../commands/command.ts';
import { passesHold } from '../../domain/release/queue.ts';
import { queueStateText, waitText } from '../../domain/release/queue-text.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

export const queueShort = z.strictObject({ waiting: z.int(), held: z.boolean(), detail: z.string() });

/** The releases that wait for the same target. Empty: none, or the queue cannot be read now. */
export async function waitingFor(
  { gateway }: Pick<CommandContext, 'gateway'>,
  id: string,
): Promise<{ readonly queue?: z.output<typeof queueShort> }> {
  const view = await gateway.queues.get(id).catch(() => undefined);
  if (!view || view.waiting.length === 0) return {};
  const waiting = view.waiting.length;
  const detail = `${waitText(waiting)}. ${queueStateText(view)}`;
  return { queue: { waiting, held: !passesHold(view), detail: maskSecrets(cleanText(detail)) } };
}
