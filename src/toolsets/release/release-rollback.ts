import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { proposedBy, senderOf } from '../../domain/release/approval.ts';
import { WEIGHT_EFFECTS } from '../../domain/release/proof.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { requireConfirmation } from '../../commands/confirm.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { knownRelease } from './known-release.ts';
import { stateText } from './next-call.ts';
import { rollbackPlan } from './rollback-plan.ts';
import { rollbackConfirmation, rollbackProspect, rollbackQuestion, type NothingToDo } from './rollback-prospect.ts';
import { rolledBack, type RolledBack } from './rolled-back.ts';
import { startedBefore } from './started-before.ts';
import { checkWhich, confirmedRequest, idOf } from '../../commands/which-release.ts';

/** The caller waits so long for the end; after that `effective` is pending. */
const WAIT_MS = 25_000;
const POLL_MS = 500;
const ABORT_WAIT_MS = 3_000;

const output = z.strictObject({
  release_id: z.string(),
  run_id: z.string(),
  request_id: z.string(),
  how: z.enum(['aborted', 'started', 'repeated', 'none']).describe('repeated: the same request id had acted before.'),
  to_image: z.string().optional(),
  changed: z.boolean(),
  effective: z.enum(WEIGHT_EFFECTS),
  reason: z.string(),
  next: z.string(),
});
type Output = z.output<typeof output>;

/** The last good version back, whatever state the target is in. */
export const releaseRollback: Command<typeof confirmedRequest, typeof output> = {
  name: 'release_rollback',
  title: 'Roll back a target',
  description: 'Last good version back: aborts a running release, or undoes the one that ended. Needs confirm.',
  kind: 'destructive',
  idempotent: true,
  toolset: 'release',
  input: confirmedRequest,
  output,
  listed: { input: ['release_id', 'reason', 'confirm'], output: ['effective', 'reason', 'next'] },
  examples: [
    { title: 'After a release', input: { release_id: 'release/prod/shop/web', confirm: 'release/prod/shop/web' } },
  ],
  check: (raw) => checkWhich(confirmedRequest, raw),
  confirmation: rollbackConfirmation,
  async run(context, which) {
    const id = await idOf(context, which);
    const request = which.request_id ?? randomUUID();
    const earlier = await startedBefore(context, id, request);
    if (earlier !== undefined) return answer(id, request, 'repeated', rolledBack(await followed(context, id, earlier)));
    const prospect = await rollbackProspect(context, id);
    if ('isBack' in prospect) return unchanged(id, request, prospect);
    requireConfirmation(rollbackQuestion(id, prospect), which.confirm);
    const begun = await begin(context, id, request, which.reason);
    if ('isBack' in begun) return unchanged(id, request, begun);
    return answer(id, request, begun.how, rolledBack(await followed(context, id, begun.runId)));
  },
  problem: ({ effective }) => (effective === 'refused' ? 'SUPERSEDED' : undefined),
  text: ({ release_id: id, request_id: request, how, effective, reason: why, next }) =>
    `${how === 'none' ? 'Nothing to roll back' : `Rollback ${effective}`}: ${why}\n${id}, request ${request}\n${next}`,
};

interface Begun {
  readonly runId: string;
  readonly how: Output['how'];
}

/** Codes with which an abort came too late: the release has become stable, or is over. */
const OVER: readonly string[] = ['TOO_LATE', 'RELEASE_CLOSED'];

async function begin(context: CommandContext, id: string, request: string, why?: string): Promise<Begun | NothingToDo> {
  const { view } = await knownRelease(context, id);
  if (view.closedAt !== undefined) return start(context, view, request, why);
  try {
    await abort(context, view, request, why);
    return { runId: view.runId, how: 'aborted' };
  } catch (error) {
    if (!(error instanceof SluiceError) || !OVER.includes(error.code)) throw error;
    return start(context, await followed(context, id, view.runId), request, why);
  }
}

/** A release that is on its way back already needs no further abort. */
async function abort(
  { gateway, caller }: CommandContext,
  { id, runId }: ReleaseView,
  request: string,
  why?: string,
): Promise<void> {
  const from = { who: caller.id, ...(caller.identity && { sender: senderOf(caller) }), ...(why && { why }) };
  const command = { name: 'abort', requestId: request, runId, ...from } as const;
  try {
    await gateway.command(id, command, ABORT_WAIT_MS);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'NOT_WAITING') throw error;
  }
}

async function start(
  context: CommandContext,
  latest: ReleaseView,
  request: string,
  why?: string,
): Promise<Begun | NothingToDo> {
  const who = context.caller.id;
  const text = `rollback by ${who}${why ? `: ${cleanText(why, 300)}` : ''}`;
  const plan = await rollbackPlan(context, latest, text);
  if ('isBack' in plan) return { ...plan, runId: latest.runId };
  const { spec, recover } = plan;
  const from = { startedBy: who, requestId: request, ...proposedBy(context.caller) };
  const input = { spec, ...from, recover, rollback: true } as const;
  const { runId, started } = await context.gateway.start(input);
  return { runId, how: started ? 'started' : 'repeated' };
}

/** The run when it has ended, needs somebody, or the caller has waited long enough. */
async function followed(context: CommandContext, id: string, runId: string): Promise<ReleaseView> {
  for (const end = Date.now() + WAIT_MS; ; ) {
    const { view } = await knownRelease(context, id, runId);
    const left = end - Date.now();
    if (view.closedAt !== undefined || view.waiting?.for === 'human' || left <= 0 || context.signal.aborted)
      return view;
    await context.progress(stateText(view), 1 - left / WAIT_MS);
    await sleep(Math.min(POLL_MS, left), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

function unchanged(id: string, request: string, { runId, image, reason: why, reported }: NothingToDo): Output {
  return {
    ...{ release_id: id, run_id: runId, request_id: request, how: 'none', to_image: cleanText(image) },
    ...{ changed: false, effective: reported ? 'reported' : 'proved', reason: maskSecrets(cleanText(why)) },
    next: 'Nothing was started, and nothing is left to do.',
  };
}

function answer(id: string, request: string, how: Output['how'], { view, ...seen }: RolledBack): Output {
  const image = view.plan?.fromImage;
  const name = image === undefined ? 'the version before' : cleanText(image);
  // What was sent changes the target, but it may not be seen yet.
  const underWay = seen.effective === 'pending' && how !== 'repeated';
  return {
    ...{ release_id: id, run_id: view.runId, request_id: request, how },
    ...(image !== undefined && { to_image: cleanText(image) }),
    ...{ changed: seen.changed || underWay, effective: seen.effective, reason: maskSecrets(cleanText(view.reason)) },
    next:
      seen.effective === 'pending'
        ? `Call release_wait with release_id "${id}" until it has ended.`
        : seen.effective === 'proved'
          ? `Nothing is left to do: at the end of this run all users were on ${name}.`
          : seen.effective === 'reported'
            ? `Nothing is left to do: at the end of this run Argo reported that all users were on ${name}. No proxy was read.`
            : 'Call release_get and argo_get_rollout_status to see who has the target.',
  };
}
