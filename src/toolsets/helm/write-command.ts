import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { EFFECTIVE } from '../../domain/effect.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { SluiceError, type ErrorCode } from '../../domain/errors.ts';
import { HELM_STATUSES, releaseText } from '../../domain/helm/release.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { Command, CommandContext, Confirmation, Example } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { digestField, reasonField, requirePlanned, requireReason } from '../../commands/objects/carried-plan.ts';
import type { HelmAction, Written } from './action.ts';
import { writing } from './limits.ts';
import type { ObjectPlan } from './object-plan.ts';
import { planned, type HelmPlan } from './planned.ts';
import { problemLines, problemRow, problemText } from './readiness.ts';
import type { Settled } from './settled.ts';

const output = z.strictObject({
  changed: z.boolean(),
  effective: z.enum(EFFECTIVE).describe('proved: read back; pending: not yet; refused: Helm failed. See reason.'),
  reason: z.string(),
  revision: z.number().optional(),
  status: z.enum(HELM_STATUSES).optional(),
  problems: z.array(problemRow),
  output: z.string().optional(),
  left_out: z.array(z.string()),
  next: z.string().optional(),
});
type Output = z.output<typeof output>;

export const waitFields = {
  hook_seconds: z.int().min(1).max(900).optional().describe('How long Helm waits for each hook. Default 300.'),
  timeout_seconds: z.int().min(0).max(600).optional().describe('How long to wait for pods afterwards. Default 30.'),
};

export interface HelmWriteTool {
  readonly title: string;
  readonly description: string;
  readonly kind: 'write' | 'destructive';
  readonly example: Example<Readonly<Record<string, unknown>>>;
}

type Given = Readonly<Record<string, unknown>>;

const HOOK_SECONDS = 300;
const WAIT_SECONDS = 30;
const MAX_BYTES = 7000;

/** The command of an action: it carries out exactly what helm_plan has shown. */
export function writeCommand(action: HelmAction, tool: HelmWriteTool): Command<z.ZodObject, typeof output> {
  const { example, ...described } = tool;
  const input: z.ZodObject = z.strictObject({
    ...action.fields.shape,
    digest: digestField('helm_plan'),
    reason: reasonField,
    ...(tool.kind === 'destructive' ? { confirm: confirmField } : {}),
  });
  return {
    ...described,
    name: `helm_${action.name}`,
    idempotent: true,
    toolset: 'helm',
    input,
    output,
    listed: { output: ['changed', 'effective', 'reason'] },
    examples: [example],
    check: (raw) => {
      const given = parse(input, raw ?? {});
      return parse(input, given, action.problems?.(given) ?? []);
    },
    ...(tool.kind === 'destructive' && {
      confirmation: (context: CommandContext, given: Given) =>
        withPlan(context, action, given, async (plan) => confirmationOf(action, plan)),
    }),
    run: (context, given) =>
      withPlan(context, action, given, async (plan) => {
        const { digest, draft, managers } = plan;
        const release = releaseText(draft.at);
        requirePlanned('helm_plan', `this ${action.name} of ${release}`, digest, given['digest']);
        requireReason([{ what: `objects of ${release}`, managers }], given['reason']);
        if (tool.kind === 'destructive') requireConfirmation(confirmationOf(action, plan), given['confirm'] as string);
        return toOutput(await carriedOut(context, plan, given));
      }),
    problem: ({ effective }): ErrorCode | undefined => (effective === 'refused' ? 'HELM_REFUSED' : undefined),
    text: ({ problems, output: said, next, ...outcome }) =>
      [
        outcomeText(outcome),
        // The reason names the first ones.
        ...problems
          .filter((one) => !outcome.reason.includes(problemText(one)))
          .flatMap(problemLines)
          .map((line) => `  ${line}`),
        ...(said === undefined ? [] : [said]),
        ...(next === undefined ? [] : [next]),
      ].join('\n'),
  };
}

/** The plan of an action, while its chart is at hand. How long to wait and why is no part of what is planned. */
export async function withPlan<T>(
  context: CommandContext,
  action: HelmAction,
  given: Given,
  use: (plan: HelmPlan) => Promise<T>,
): Promise<T> {
  const fields = action.fields.parse(without(given, ['digest', 'reason', 'confirm', 'cursor']));
  const request = { action: action.name, ...without(fields, Object.keys(waitFields)) };
  return action.within(context, fields, async (draft) => use(await planned(context, request, draft)));
}

function without(given: Given, names: readonly string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
}

async function carriedOut(context: CommandContext, { draft, objects }: HelmPlan, given: Given): Promise<Settled> {
  const seconds = Number(given['hook_seconds'] ?? HOOK_SECONDS) * Math.max(1, draft.hooks.length);
  const conflict = await conflictOf(context, objects);
  const result = conflict
    ? { failure: conflict }
    : await draft
        .write(writing(context, seconds))
        .then((written): { readonly written: Written } => ({ written }), failureOf);
  return draft.settled(result, Number(given['timeout_seconds'] ?? WAIT_SECONDS));
}

/** Helm 4 refuses by itself to overwrite fields of another writer. Helm 3 would overwrite them, so it is not run. */
async function conflictOf({ ports }: CommandContext, objects: readonly ObjectPlan[]): Promise<string | undefined> {
  const held = objects.filter(({ contested = [] }) => contested.length > 0);
  const [first] = held;
  if (!first || !(await ports.helm.version()).startsWith('3.')) return undefined;
  const { kind, name } = first.place;
  const others = held.length > 1 ? ` and ${plural(held.length - 1, 'further object')}` : '';
  const fields = first.contested?.slice(0, 5).join(', ');
  return `conflict: somebody else has written ${fields} of ${kind} ${name}${others}, and Helm 3 would overwrite this. Set take_over: true if it may.`;
}

export function hookSecondsOf(fields: { readonly hook_seconds?: number | undefined }): number {
  return fields.hook_seconds ?? HOOK_SECONDS;
}

/** Helm may have written before it failed or was ended, so what came of it is read back. */
function failureOf(error: unknown): { readonly failure: string } {
  if (error instanceof SluiceError && ['HELM_REFUSED', 'HELM_STOPPED', 'HELM_TOO_LARGE'].includes(error.code))
    return { failure: error.message.replace(/[.\s]*$/, '.') };
  throw error;
}

function toOutput({ changed, effective, reason, problems = [], output: said, ...rest }: Settled): Output {
  const { value, leftOut } = fitted(
    {
      reason: maskSecrets(cleanText(reason, 2000)),
      problems: [...problems],
      ...(said === undefined ? {} : { output: said }),
    },
    MAX_BYTES,
  );
  return { changed, effective, ...value, left_out: [...leftOut], ...rest };
}

function confirmationOf({ name }: HelmAction, { draft, objects }: HelmPlan): Confirmation {
  const value = releaseText(draft.at);
  const lost = objects.filter(({ what }) => what === 'delete').length;
  const deletes = lost > 0 ? [`It deletes ${plural(lost, 'object')}.`] : [];
  return { value, question: [`Do helm_${name} with the release ${value}?`, ...deletes, ...draft.warnings].join(' ') };
}
