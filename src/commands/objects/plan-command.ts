import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import type { Action } from './draft.ts';
import { objectLines, plannedObject, toPlannedObjects } from './write-answer.ts';
import { plan, type WriteTool, type WriteTools } from './write-command.ts';

const outputOf = (prefix: string) =>
  z.strictObject({
    action: z.string(),
    objects: z.array(plannedObject),
    digest: z.string().describe(`Pass it to ${prefix}_<action>, with the same arguments.`),
    needs_reason: z.boolean().describe('Flux or Argo CD puts this back: the write needs reason.'),
  });

/** The command that shows what the write tools of a toolset would do. It changes nothing. */
export function planCommand(
  { toolset, prefix }: WriteTools,
  actions: readonly Action[],
  { title, description, example }: Pick<WriteTool, 'title' | 'description' | 'example'>,
): Command<z.ZodObject, ReturnType<typeof outputOf>> {
  const input = planInput(prefix, actions);
  return {
    name: `${prefix}_plan`,
    title,
    description,
    kind: 'read',
    idempotent: true,
    toolset,
    prefix,
    input,
    output: outputOf(prefix),
    examples: [{ title: example.title, input: example.input }],
    check(raw) {
      const { action, ...asked } = parse(input, raw ?? {});
      return { action, ...parse(actionOf(actions, action).fields, asked) };
    },
    async run(context, { action, ...asked }) {
      const { changes, digest } = await plan(context, actionOf(actions, action), asked);
      return {
        action: String(action),
        objects: toPlannedObjects(changes),
        digest,
        needs_reason: changes.some(({ managers }) => managers.some(({ reverts }) => reverts)),
      };
    },
    text: ({ action, objects, digest, needs_reason: needsReason }) =>
      [
        ...objects.flatMap(objectLines),
        `Nothing was changed. To do it, call ${prefix}_${action} with the same arguments and digest "${digest}"${needsReason ? ' and a reason' : ''}.`,
      ].join('\n'),
  };
}

/** The fields of all actions, as the first one describes them. Which of them an action takes, its own schema says. */
export function planInput(prefix: string, actions: readonly Pick<Action, 'name' | 'fields'>[]): z.ZodObject {
  const every = Object.fromEntries(
    actions
      .toReversed()
      .flatMap(({ fields }) => Object.entries(fields.shape as Record<string, z.ZodType>))
      .map(([name, field]) => [name, field.isOptional() ? field : field.optional().describe(field.description ?? '')]),
  );
  const names = actions.map(({ name }) => name) as [string, ...string[]];
  return z.strictObject({ action: z.enum(names).describe(`${prefix}_<action> carries it out.`), ...every });
}

export function actionOf<A extends Pick<Action, 'name'>>(actions: readonly A[], name: unknown): A {
  const found = actions.find((action) => action.name === name);
  if (found) return found;
  throw new SluiceError('UNKNOWN_NAME', `There is no action ${String(name)}.`);
}
