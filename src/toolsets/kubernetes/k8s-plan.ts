import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Command } from '../../commands/command.ts';
import type { Action } from './draft.ts';
import { annotate } from './k8s-annotate.ts';
import { apply } from './k8s-apply.ts';
import { cordon } from './k8s-cordon.ts';
import { remove } from './k8s-delete.ts';
import { drain } from './k8s-drain.ts';
import { label } from './k8s-label.ts';
import { patch } from './k8s-patch.ts';
import { rolloutRestart } from './k8s-rollout-restart.ts';
import { rolloutUndo } from './k8s-rollout-undo.ts';
import { scale } from './k8s-scale.ts';
import { setImage } from './k8s-set-image.ts';
import { uncordon } from './k8s-uncordon.ts';
import { objectLines, plannedObject, toPlannedObjects } from './write-answer.ts';
import { plan } from './write-command.ts';

/** Every action that a plan can show. A new one is a file beside this one, and one line here. */
const ACTIONS: readonly Action[] = [
  patch,
  setImage,
  scale,
  rolloutRestart,
  rolloutUndo,
  label,
  annotate,
  remove,
  apply,
  cordon,
  uncordon,
  drain,
];

/** The fields of all actions, as the first one describes them. Which of them an action takes, its own schema says. */
const every = Object.fromEntries(
  ACTIONS.toReversed()
    .flatMap(({ fields }) => Object.entries(fields.shape as Record<string, z.ZodType>))
    .map(([name, field]) => [name, field.isOptional() ? field : field.optional().describe(field.description ?? '')]),
);
const input: z.ZodObject = z.strictObject({
  action: z.enum(ACTIONS.map(({ name }) => name) as [string, ...string[]]).describe('k8s_<action> carries it out.'),
  ...every,
});
const output = z.strictObject({
  action: z.string(),
  objects: z.array(plannedObject),
  digest: z.string().describe('Pass it to k8s_<action>, with the same arguments.'),
  needs_reason: z.boolean().describe('Flux or Argo CD puts this back: the write needs reason.'),
});

export const k8sPlan: Command<z.ZodObject, typeof output> = {
  name: 'k8s_plan',
  title: 'What a change would do',
  description:
    'Tries a change on the API server without doing it: whether the account may do it, each field that would change, who manages the object and what that manager does about it. Its digest is needed for the change.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  input,
  output,
  examples: [
    {
      title: 'Three pods of shop',
      input: { action: 'scale', kind: 'deployments', namespace: 'shop', name: 'shop', replicas: 3 },
    },
  ],
  check(raw) {
    const given = parse(input, raw ?? {});
    const { action, ...asked } = given;
    return { action, ...parse(actionOf(action).fields, asked) };
  },
  async run(context, { action, ...asked }) {
    const { changes, digest } = await plan(context, actionOf(action), asked);
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
      `Nothing was changed. To do it, call k8s_${action} with the same arguments and digest "${digest}"${needsReason ? ' and a reason' : ''}.`,
    ].join('\n'),
};

function actionOf(name: unknown): Action {
  const found = ACTIONS.find((action) => action.name === name);
  if (found) return found;
  throw new SluiceError('UNKNOWN_NAME', `There is no action ${String(name)}.`);
}
