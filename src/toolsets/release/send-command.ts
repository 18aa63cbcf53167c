import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { reason, requestId } from '../../contract/target.ts';
import { senderOf } from '../../domain/release/approval.ts';
import { withDecisionPage } from '../../commands/decision-page.ts';
import type { Permission } from '../../domain/access/permission.ts';
import { COMMANDS, type CommandName, type CommandOutcome } from '../../domain/release/command.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { Command, CommandContext, Confirmation, Kind } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { stateToAsk, type Asked } from './state-to-ask.ts';
import { outcomeInEarlierRun } from './earlier-outcome.ts';
import { checkWhich, idOf, whichRelease } from '../../commands/which-release.ts';

/** How long the caller waits for the effect. If it comes later, the outcome is `accepted`. */
const EFFECT_WAIT_MS = 3000;

const step = z.int().min(0).max(1000);
const base = {
  ...whichRelease,
  reason: reason.optional(),
  request_id: requestId.optional(),
  run_id: z.string().max(64).optional().describe('Run that you saw.'),
};
const STEP = { step: step.optional().describe('Index that you saw, from 0.') };
/** Fields that the tool list for agents omits. */
const HIDDEN: readonly string[] = ['target', 'run_id'];
const inputs = {
  plain: z.strictObject(base),
  step: z.strictObject({ ...base, ...STEP }),
  confirmed: z.strictObject({ ...base, confirm: confirmField }),
  reasoned: z.strictObject({
    ...base,
    reason,
    step: step.describe('Index, from 0.'),
    confirm: confirmField,
  }),
  promote: z.strictObject({
    ...base,
    ...STEP,
    all: z.boolean().optional().describe('Promote every remaining step, each still judged. Needs confirm.'),
    confirm: confirmField,
  }),
} as const;

const output = z.strictObject({
  release_id: z.string(),
  request_id: z.string(),
  command: z.enum(COMMANDS),
  // The guidance of the toolset says what each means, once for all commands.
  outcome: z.enum(['applied', 'accepted', 'refused']),
  detail: z.string(),
  duplicate: z.boolean().describe('This request id had acted before.'),
  next: z.string(),
});
type Output = z.output<typeof output>;

export interface Send {
  readonly command: CommandName;
  readonly title: string;
  readonly description: string;
  readonly kind: Kind;
  readonly needs?: Permission;
  readonly input: keyof typeof inputs;
  /** The question that has to be confirmed, about the release as it is now. Undefined if there is none. */
  readonly ask?: (about: Asked, input: { all?: boolean | undefined }) => string | undefined;
}

type Input = z.output<typeof inputs.step> & { confirm?: string | undefined; all?: boolean | undefined };

/** A use case that sends one command to one release. */
export function sendCommand(send: Send): Command {
  const schema: z.ZodObject = inputs[send.input];
  const confirmation = async (
    context: CommandContext,
    input: Record<string, unknown>,
  ): Promise<Confirmation | undefined> => {
    const id = await idOf(context, input);
    // Without a question the release itself refuses what comes too late.
    if (!send.ask?.({ id }, input)) return undefined;
    const known = await stateToAsk(context, id, input['request_id'] as string | undefined);
    const question = known === 'answered' ? undefined : send.ask({ id, ...(known && { view: known }) }, input);
    return question ? { value: id, question } : undefined;
  };
  return {
    name: `release_${send.command.replaceAll('-', '_')}`,
    title: send.title,
    description: send.description,
    kind: send.kind,
    ...(send.needs ? { needs: send.needs } : {}),
    idempotent: true,
    toolset: 'release',
    input: schema,
    output,
    listed: {
      input: Object.keys(schema.shape).filter(
        (name) => !HIDDEN.includes(name) && (name !== 'step' || send.input !== 'step'),
      ),
      output: ['outcome', 'detail', 'next'],
    },
    examples: [{ title: send.title, input: exampleOf(send) }],
    check: (raw) => checkWhich(schema, raw),
    confirmation,
    run: (context, input) => run(context, send, input, () => confirmation(context, input)),
    problem: (result) => ((result as Output).outcome === 'refused' ? 'NOT_WAITING' : undefined),
    text: (result) => text(result as Output),
  };
}

async function run(
  context: CommandContext,
  send: Send,
  input: Input,
  confirmation: () => Promise<Confirmation | undefined>,
): Promise<Output> {
  const id = await idOf(context, input);
  // A confirmed command goes to the release at once, which refuses what comes too late.
  if (input.confirm !== id) requireConfirmation(await confirmation(), input.confirm);
  const request = input.request_id ?? randomUUID();
  const command = {
    name: send.command,
    requestId: request,
    who: context.caller.id,
    ...(context.caller.identity && { sender: senderOf(context.caller) }),
    ...(input.reason ? { why: input.reason } : {}),
    ...(input.all ? { all: true } : {}),
    ...(input.step === undefined ? {} : { step: input.step }),
    ...(input.run_id === undefined ? {} : { runId: input.run_id }),
  };
  try {
    const earlier = input.request_id === undefined ? undefined : await outcomeInEarlierRun(context, id, request);
    if (earlier) return toOutput(id, { ...earlier, duplicate: true });
    return toOutput(id, await context.gateway.command(id, command, EFFECT_WAIT_MS));
  } catch (error) {
    // The state says how the release has ended.
    if (isClosed(error) && send.ask?.({ id }, input)) await stateToAsk(context, id, input.request_id);
    throw withRequest(withDecisionPage(context, id, error), id, request);
  }
}

const isClosed = (error: unknown): boolean => error instanceof SluiceError && error.code === 'RELEASE_CLOSED';

/** Adds the request id to an error, so that a caller without an answer can send the same request again. */
function withRequest(error: unknown, id: string, request: string): unknown {
  if (!(error instanceof SluiceError)) return error;
  return new SluiceError(error.code, error.message, {
    next: error.next,
    details: { ...error.details, release_id: id, request_id: request },
    cause: error,
  });
}

function toOutput(id: string, outcome: CommandOutcome): Output {
  const { requestId: request, command, outcome: kind, detail, duplicate } = outcome;
  return {
    release_id: id,
    request_id: request,
    command,
    outcome: kind,
    detail: maskSecrets(cleanText(detail)),
    duplicate,
    next: NEXT[kind],
  };
}

const NEXT = {
  applied: 'Call release_get for the state, or release_wait for what comes next.',
  accepted: 'Call release_wait until the effect shows.',
  refused: 'Call release_get to see what the release waits for.',
} as const;

function text(result: Output): string {
  const again = result.duplicate ? ' (the same request had acted before; nothing was done again)' : '';
  return `${result.command} ${result.outcome}${again}: ${result.detail}\n${result.release_id}, request ${result.request_id}\n${result.next}`;
}

function exampleOf(send: Send): Record<string, unknown> {
  const id = 'release/prod/shop/web';
  const extra = {
    plain: {},
    confirmed: { reason: 'error reports from support', confirm: id },
    reasoned: { reason: 'no traffic at night, tested by hand', step: 0, confirm: id },
    promote: {},
    step: {},
  }[send.input];
  return { release_id: id, ...extra };
}
