import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Command, Confirmation } from '../../commands/command.ts';
import { requireConfirmation } from '../../commands/confirm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { proposedBy } from '../../domain/release/approval.ts';
import { leftBehind } from '../../domain/release/left-behind.ts';
import type { Recover } from '../../domain/release/plan.ts';
import { usersPercent } from '../../domain/release/present.ts';
import { isClosed } from '../../domain/release/state.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { knownRelease } from './known-release.ts';
import { startedBefore } from './started-before.ts';
import { checkWhich, confirmedRequest, idOf } from '../../commands/which-release.ts';

const output = z.strictObject({
  release_id: z.string(),
  run_id: z.string(),
  request_id: z.string(),
  started: z.boolean().describe('False: the same request id had started it before.'),
  recovers: z.string().describe('The run that had ended, and how.'),
  next: z.string(),
});

/** Takes over the effects of a run that was ended from outside. */
export const releaseRecover: Command<typeof confirmedRequest, typeof output> = {
  name: 'release_recover',
  title: 'Recover a release',
  description: 'For a release whose run was terminated: puts all traffic back on the stable version. Needs confirm.',
  kind: 'destructive',
  idempotent: true,
  toolset: 'release',
  input: confirmedRequest,
  output,
  listed: { input: ['release_id', 'confirm'], output: ['next'] },
  examples: [
    { title: 'After a terminate', input: { release_id: 'release/prod/shop/web', confirm: 'release/prod/shop/web' } },
  ],
  check: (raw) => checkWhich(confirmedRequest, raw),
  confirmation: async (context, which) => toConfirm(await idOf(context, which)),
  async run(context, which) {
    const id = await idOf(context, which);
    requireConfirmation(toConfirm(id), which.confirm);
    const request = which.request_id ?? randomUUID();
    const earlier = await startedBefore(context, id, request);
    const { view } = await knownRelease(context, id);
    if (earlier !== undefined) return answer(id, earlier, request, false, view.reason);
    const recover = recoverable(id, view, which.reason);
    const { runId, started } = await context.gateway.start({
      spec: view.spec,
      startedBy: context.caller.id,
      requestId: request,
      recover,
      ...proposedBy(context.caller),
    });
    return answer(id, runId, request, started, recover.reason);
  },
  text: ({ release_id: id, request_id: request, recovers, started, next }) =>
    `${started ? 'Recovering' : 'The same request had started this'}: ${id}, request ${request}\n${recovers}\n${next}`,
};

const toConfirm = (id: string): Confirmation => ({
  value: id,
  question: `Roll back what ${id} left behind, and put all traffic on the stable version?`,
});

function recoverable(id: string, view: ReleaseView, why: string | undefined): Recover {
  const { closedAt, runId } = view;
  if (closedAt === undefined)
    throw new SluiceError('TARGET_BUSY', `${id} has not ended: it is ${view.state}. ${view.reason}`, {
      next: `Call release_abort with release_id "${id}".`,
      details: { release_id: id, run_id: runId },
    });
  if (isClosed(view.state)) throw endedItself(view, closedAt);
  const percent = usersPercent(view);
  const reason = `recovers the run ${runId}, which ended ${percent === undefined ? '' : `at ${percent} % `}as ${view.state}${why ? `: ${cleanText(why, 300)}` : ''}`;
  const recover = leftBehind(view, reason);
  if (recover) return recover;
  throw new SluiceError('RELEASE_CLOSED', `${id} ended before it had a plan, so it moved no traffic.`, {
    next: 'Start the next release; it takes the mark over if there is one.',
  });
}

/** A release that ended by itself has put its traffic in order. A run that recovers it would change its outcome. */
function endedItself({ id, runId, state, reason }: ReleaseView, closedAt: number): SluiceError {
  const at = new Date(closedAt).toISOString();
  const next =
    state === 'succeeded'
      ? `Call release_rollback with release_id "${id}" to bring the version before it back.`
      : `Call release_get with release_id "${id}" for its events.`;
  return new SluiceError(
    'NOT_APPLICABLE',
    `${id} was not ended from outside. It ended as ${state} at ${at}: ${cleanText(reason, 300)}`,
    {
      next: `${next} If its mark (annotation sluice.dev/owner) is still on an object, the next release takes it over.`,
      details: { release_id: id, run_id: runId },
    },
  );
}

function answer(
  id: string,
  runId: string,
  request: string,
  started: boolean,
  recovers: string,
): z.output<typeof output> {
  const next = `Call release_wait with release_id "${id}" until it has ended.`;
  return { release_id: id, run_id: runId, request_id: request, started, recovers: cleanText(recovers, 600), next };
}
