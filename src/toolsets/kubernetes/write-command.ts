import { z } from 'zod';
import { effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { reason as reasonText } from '../../contract/target.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Command, CommandContext, Confirmation, Example } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { carriedOut, type Outcome } from './carried-out.ts';
import type { Action } from './draft.ts';
import { objectText } from './located.ts';
import { planned, type Plan } from './planned.ts';
import { objectLines, toPlannedObjects, writeOutput, type WriteOutput } from './write-answer.ts';

export interface WriteTool {
  readonly title: string;
  readonly description: string;
  readonly kind: 'write' | 'destructive';
  readonly positional?: readonly string[];
  readonly example: Omit<Example<object>, 'input'> & { readonly input: Readonly<Record<string, unknown>> };
}

const carried = {
  digest: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'must be the digest of k8s_plan')
    .describe('`digest` of k8s_plan.'),
  reason: reasonText.optional().describe('Why. Needed for what Flux or Argo CD manages.'),
};

/** An object with much traffic of writes may be written between the read and the write. */
const ATTEMPTS = 4;

/** The command of an action: it carries out exactly what k8s_plan has shown. */
export function writeCommand(action: Action, tool: WriteTool): Command {
  const input = z.strictObject({
    ...action.fields.shape,
    ...carried,
    ...(tool.kind === 'destructive' ? { confirm: confirmField } : {}),
  });
  const { example, ...described } = tool;
  return {
    ...described,
    name: `k8s_${action.name}`,
    idempotent: true,
    toolset: 'kubernetes',
    prefix: 'k8s',
    input,
    output: writeOutput,
    listed: { output: ['changed', 'effective', 'reason'] },
    examples: [{ title: example.title, input: example.input }],
    check: (raw) => parse(input, raw ?? {}),
    ...(tool.kind === 'destructive' && {
      confirmation: async (context: CommandContext, given: Given) => confirmationOf(await plan(context, action, given)),
    }),
    run: (context, given) => run(context, action, tool, given),
    problem: effectProblem,
    text: (answer) => textOf(answer as WriteOutput),
  };
}

type Given = Readonly<Record<string, unknown>>;

/** The plan of an action. The digest does not depend on how the call is confirmed and explained. */
export async function plan(context: CommandContext, action: Action, given: Given): Promise<Plan> {
  const { digest: _, reason: __, confirm: ___, ...asked } = given;
  const fields = action.fields.parse(asked);
  const work = async () => planned(context, { action: action.name, ...fields }, await action.draft(context, fields));
  return againIfMoved(work, () => true);
}

function run(context: CommandContext, action: Action, tool: WriteTool, given: Given): Promise<WriteOutput> {
  // After the first of several objects was written, the error has to say so.
  let several = false;
  const work = async (): Promise<WriteOutput> => {
    const found = await plan(context, action, given);
    requirePlanned(found, String(given['digest']));
    requireReason(found, given['reason']);
    if (tool.kind === 'destructive') requireConfirmation(confirmationOf(found), given['confirm'] as string | undefined);
    several = found.changes.length > 1;
    return written(context, found);
  };
  return againIfMoved(work, () => !several);
}

/**
 * Repeats work that lost a race: somebody wrote the object between its read and the request, and nothing was changed.
 * If more than its status was written, the next plan has another digest.
 */
async function againIfMoved<T>(work: () => Promise<T>, mayRepeat: () => boolean): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const moved = error instanceof SluiceError && error.code === 'CONFLICT';
      if (!moved || !mayRepeat() || attempt === ATTEMPTS) throw error;
    }
  }
}

async function written(context: CommandContext, { changes }: Plan): Promise<WriteOutput> {
  const outcomes: Outcome[] = [];
  for (const change of changes) outcomes.push(await carriedOut(context, change));
  const pending = outcomes.filter(({ effective }) => effective === 'pending');
  return {
    changed: outcomes.some(({ changed }) => changed),
    effective: pending.length > 0 ? 'pending' : 'proved',
    reason: (pending.length > 0 ? pending : outcomes).map(({ reason }) => reason).join('; '),
    objects: toPlannedObjects(changes),
    ...(pending.length > 0
      ? { next: 'Call k8s_rollout_status for a workload, or k8s_describe for another object.' }
      : {}),
  };
}

/** Errors: PLAN_CHANGED. */
function requirePlanned({ digest, changes }: Plan, carriedDigest: string): void {
  if (digest === carriedDigest) return;
  throw new SluiceError(
    'PLAN_CHANGED',
    `The digest does not belong to this change of ${changes.map(({ at }) => objectText(at)).join(', ')} as it is now. Nothing was changed.`,
    { next: 'Call k8s_plan with the same arguments, read what it shows, and pass its digest.' },
  );
}

/** What a tool puts back by itself is changed only for a reason, which the audit log keeps. Errors: REASON_REQUIRED. */
function requireReason({ changes }: Plan, reason: unknown): void {
  const reverting = changes.flatMap(({ at, managers }) =>
    managers.filter(({ reverts }) => reverts).map(({ tool, willDo }) => `${tool} manages ${objectText(at)}. ${willDo}`),
  );
  if (reverting.length === 0 || reason !== undefined) return;
  throw new SluiceError('REASON_REQUIRED', `${reverting.join(' ')} Nothing was changed.`, {
    next: 'Change it at its source. If it has to be changed here, pass reason.',
  });
}

/** A change of several objects is named after the first one: a drain after its node. */
function confirmationOf({ changes }: Plan): Confirmation {
  const [first, ...others] = changes;
  const value = first ? objectText(first.at) : '';
  const lost = others.map(({ at }) => objectText(at));
  const question = others.length === 0 && first?.write.how === 'delete' ? `Delete ${value}?` : `Drain ${value}?`;
  const evicted = lost.length > 0 ? [`It evicts ${lost.join(', ')}.`] : [];
  const managers = first?.managers.map(({ willDo }) => willDo) ?? [];
  return { value, question: [question, ...evicted, ...(first?.warnings ?? []), ...managers].join(' ') };
}

function textOf({ objects, next, ...outcome }: WriteOutput): string {
  return [outcomeText(outcome), ...objects.flatMap(objectLines), ...(next === undefined ? [] : [next])].join('\n');
}
