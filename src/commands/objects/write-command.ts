import { z } from 'zod';
import { effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import type { Permission } from '../../domain/access/permission.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Command, CommandContext, Confirmation, Example } from '../command.ts';
import { confirmField, requireConfirmation } from '../confirm.ts';
import { outcomeText } from '../effect-text.ts';
import { carriedOut } from './carried-out.ts';
import { digestField, reasonField, requirePlanned, requireReason } from './carried-plan.ts';
import type { Action, Outcome, PlannedChange } from './draft.ts';
import { objectText } from './located.ts';
import { onNewest } from './on-newest.ts';
import { planned, type Plan } from './planned.ts';
import { objectLines, toTouchedObject, writeOutput, type WriteOutput } from './write-answer.ts';

/** The tools of one toolset that change objects: one of them plans, and one for each action writes. */
export interface WriteTools {
  readonly toolset: string;
  /** The beginning of the tools' names: the plan is `<prefix>_plan`, an action `<prefix>_<action>`. */
  readonly prefix: string;
  /** What to call while an effect is pending, as a sentence. */
  readonly follow: string;
}

export interface WriteTool {
  readonly title: string;
  readonly description: string;
  readonly kind: 'write' | 'destructive';
  /** The permission. If absent, `operate`. */
  readonly needs?: Permission;
  readonly positional?: readonly string[];
  readonly example: Omit<Example<object>, 'input'> & { readonly input: Readonly<Record<string, unknown>> };
}

/** What a write takes besides the fields of its action. An action may describe its reason itself. */
const carriedBy = ({ prefix }: WriteTools, { fields }: Action) => ({
  digest: digestField(`${prefix}_plan`),
  ...('reason' in fields.shape ? {} : { reason: reasonField }),
});

/** An object with much traffic of writes may be written between the read and the write. */
const ATTEMPTS = 4;

/** The command of an action: it carries out exactly what the plan has shown. */
export function writeCommand(tools: WriteTools, action: Action, tool: WriteTool): Command {
  const { toolset, prefix } = tools;
  const input = z.strictObject({
    ...action.fields.shape,
    ...carriedBy(tools, action),
    ...(tool.kind === 'destructive' ? { confirm: confirmField } : {}),
  });
  const { example, ...described } = tool;
  return {
    ...described,
    name: `${prefix}_${action.name}`,
    idempotent: true,
    toolset,
    prefix,
    input,
    output: writeOutput,
    listed: { output: ['changed', 'effective', 'reason'] },
    examples: [{ title: example.title, input: example.input }],
    check: (raw) => parse(input, raw ?? {}),
    ...(tool.kind === 'destructive' && {
      confirmation: async (context: CommandContext, given: Given) =>
        confirmationOf(action, await plan(context, action, given)),
    }),
    run: (context, given) => run({ context, tools, action, tool }, given),
    problem: effectProblem,
    text: (answer) => textOf(answer as WriteOutput),
  };
}

type Given = Readonly<Record<string, unknown>>;

/** The plan of an action. The digest does not depend on how the call is confirmed and explained. */
export async function plan(context: CommandContext, action: Action, given: Given): Promise<Plan> {
  const fields = action.fields.parse(ownOf(action, given));
  const work = async () => {
    const found = await planned(context, { action: action.name, ...fields }, await action.draft(context, fields));
    for (const change of found.changes) action.accepted?.(change);
    return found;
  };
  return againIfMoved(work, () => true);
}

/** The fields of the action itself. Every write tool takes the others. */
function ownOf({ fields }: Action, given: Given): Given {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => name in fields.shape || !['digest', 'reason', 'confirm'].includes(name)),
  );
}

interface Call {
  readonly context: CommandContext;
  readonly tools: WriteTools;
  readonly action: Action;
  readonly tool: WriteTool;
}

function run(call: Call, given: Given): Promise<WriteOutput> {
  const { context, tools, action, tool } = call;
  // After the first of several objects was written, the error has to say so.
  let several = false;
  const work = async (): Promise<WriteOutput> => {
    const found = await plan(context, action, given);
    const { changes, digest } = found;
    const all = changes.map(({ at, managers }) => ({ what: objectText(at), managers }));
    const what = `this change of ${all.map((one) => one.what).join(', ')}`;
    requirePlanned(`${tools.prefix}_plan`, what, digest, given['digest']);
    requireReason(all, given['reason']);
    if (tool.kind === 'destructive')
      requireConfirmation(confirmationOf(action, found), given['confirm'] as string | undefined);
    several = changes.length > 1;
    return written(call, found, given);
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

async function written(call: Call, { changes }: Plan, given: Given): Promise<WriteOutput> {
  const outcomes: Outcome[] = [];
  for (const change of changes) {
    outcomes.push(await writtenOne(call, change, given));
    if (call.action.inOrder && outcomes.at(-1)?.effective !== 'proved') break;
  }
  const left = changes
    .slice(outcomes.length)
    .map(({ at }) => `${objectText(at)} was not written, because the change before it is not proved`);
  const pending = outcomes.filter(({ effective }) => effective === 'pending');
  return {
    changed: outcomes.some(({ changed }) => changed),
    effective: pending.length > 0 ? 'pending' : 'proved',
    reason: [...(pending.length > 0 ? pending : outcomes).map(({ reason }) => reason), ...left].join('; '),
    objects: changes.map(toTouchedObject),
    ...nextOf(call, pending.length > 0, given),
  };
}

function nextOf({ tools, action }: Call, isPending: boolean, given: Given): Pick<WriteOutput, 'next'> {
  if (isPending) return { next: tools.follow };
  return action.next ? { next: action.next(action.fields.parse(ownOf(action, given))) } : {};
}

async function writtenOne({ context, action }: Call, change: PlannedChange, given: Given): Promise<Outcome> {
  // The effect of a change before it can write its status.
  const outcome = action.inOrder ? await onNewest(context, change) : await carriedOut(context, change);
  const fields = action.fields.parse(ownOf(action, given));
  return action.settled && (outcome.effective === 'proved' || outcome.unsettled)
    ? { ...outcome, ...(await action.settled(context, change, fields)) }
    : outcome;
}

/** A change of several objects is named after the first one: a drain after its node. */
function confirmationOf(action: Action, { changes }: Plan): Confirmation {
  const [first, ...others] = changes;
  const value = first ? objectText(first.at) : '';
  if (action.question) return { value, question: action.question(changes) };
  const lost = others.map(({ at }) => objectText(at));
  const question = others.length === 0 && first?.write.how === 'delete' ? `Delete ${value}?` : `Drain ${value}?`;
  const evicted = lost.length > 0 ? [`It evicts ${lost.join(', ')}.`] : [];
  const managers = first?.managers.map(({ willDo }) => willDo) ?? [];
  return { value, question: [question, ...evicted, ...(first?.warnings ?? []), ...managers].join(' ') };
}

function textOf({ objects, next, ...outcome }: WriteOutput): string {
  // The reason names a single object already.
  const lines = objects.length > 1 ? objects.flatMap(objectLines) : [];
  return [outcomeText(outcome), ...lines, ...(next === undefined ? [] : [next])].join('\n');
}
