import { z } from 'zod';
import type { Command, CommandContext, Confirmation, Kind } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { plural } from '../../domain/plural.ts';
import type { QueueChange } from '../../domain/release/queue.ts';
import { checkWhich, idOf, whichRelease } from '../../commands/which-release.ts';
import { queueRow, rowText, toRow } from './queue-output.ts';

const request = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'must be the request_id that release_queue_list names')
  .describe('The entry, as release_queue_list names it.');
const inputs = {
  entry: z.strictObject({ ...whichRelease, entry: request }),
  place: z.strictObject({ ...whichRelease, entry: request, position: z.int().min(1).max(100).describe('From 1.') }),
  all: z.strictObject({ ...whichRelease, confirm: confirmField }),
  plain: z.strictObject(whichRelease),
} as const;
const output = z.strictObject({ done: z.string(), queue: queueRow });

export interface Change {
  readonly change: QueueChange;
  readonly title: string;
  readonly description: string;
  readonly kind: Kind;
  readonly input: keyof typeof inputs;
  readonly done: string;
  readonly example: Readonly<Record<string, unknown>>;
}

type Input = z.output<typeof inputs.plain> & { entry?: string; position?: number; confirm?: string | undefined };

/** A use case that changes the queue of one target. */
export function queueChange(about: Change): Command {
  const { change, title, description, kind, example } = about;
  const schema: z.ZodObject = inputs[about.input];
  const confirms = about.input === 'all';
  return {
    ...{ name: `release_queue_${change}`, title, description, kind, idempotent: true, toolset: 'release-queue' },
    ...{ input: schema, output, examples: [{ title, input: { release_id: 'release/prod/shop/web', ...example } }] },
    check: (raw) => checkWhich(schema, raw),
    ...(confirms && { confirmation: async (context, input) => confirmationOf(context, await idOf(context, input)) }),
    run: (context, input) => run(context, about, input),
    text: (result) => {
      const { done, queue } = result as z.output<typeof output>;
      return `${done}\n${rowText(queue)}`;
    },
  };
}

/** Releases that were taken out never come, so their number is named. */
async function confirmationOf({ gateway }: CommandContext, id: string): Promise<Confirmation | undefined> {
  const count = (await gateway.queues.get(id))?.waiting.length ?? 0;
  if (count === 0) return undefined;
  return { value: id, question: `Take ${plural(count, 'release')} out of the queue of ${id}? They start no more.` };
}

async function run(context: CommandContext, { change, input: form, done }: Change, input: Input) {
  const id = await idOf(context, input);
  if (form === 'all') requireConfirmation(await confirmationOf(context, id), input.confirm);
  const { entry, position } = input;
  if (change === 'resume') {
    const before = toRow(id, await context.gateway.queues.get(id));
    if (!before.held) return { done: `The queue of ${id} does not hold. Nothing was changed.`, queue: before };
  }
  const view = await context.gateway.queues.change(id, change, {
    who: context.caller.id,
    ...(entry !== undefined && { requestId: entry }),
    ...(position !== undefined && { position }),
  });
  if (!view && entry !== undefined)
    throw new SluiceError('QUEUE_ENTRY_NOT_FOUND', `No release waits for ${id}.`, { details: { release_id: id } });
  return { done: view ? done : `No release waits for ${id}. Nothing was changed.`, queue: toRow(id, view) };
}
