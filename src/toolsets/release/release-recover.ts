import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Command, Confirmation } from '../../commands/command.ts';
import { requireConfirmation } from '../../commands/confirm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { leftBehind } from '../../domain/release/left-behind.ts';
import type { Recover } from '../../domain/release/plan.ts';
import { usersPercent } from '../../domain/release/present.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { knownRelease } from './known-release.ts';
import { startedBefore } from './started-before.ts';
import { checkWhich, confirmedRequest, idOf } from './which-release.ts';

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
  const percent = usersPercent(view);
  const reason = `recovers the run ${runId}, which ended ${percent === undefined ? '' : `at ${percent} % `}as ${view.state}${why ? `: ${cleanText(why, 300)}` : ''}`;
  const recover = leftBehind(view, reason);
  if (recover) return recover;
  throw new SluiceError('RELEASE_CLOSED', `${id} ended before it had a plan, so it moved no traffic.`, {
    next: 'Start the next release; it takes the mark over if there is one.',
  });
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
