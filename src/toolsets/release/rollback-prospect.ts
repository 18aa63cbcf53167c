import type { CommandContext, Confirmation } from '../../commands/command.ts';
import { SluiceError } from '../../domain/errors.ts';
import { knownRelease } from './known-release.ts';
import { rollbackPlan, type AlreadyBack } from './rollback-plan.ts';
import { startedBefore } from './started-before.ts';
import { idOf } from '../../commands/which-release.ts';

/** The stable version is the wanted one already. `runId`: the newest run of the target. */
export interface NothingToDo extends AlreadyBack {
  readonly runId: string;
}

/** The versions that a rollback would exchange, or why it would do nothing. Errors: RELEASE_HELD and rollbackPlan's. */
export async function rollbackProspect(
  context: CommandContext,
  id: string,
): Promise<{ readonly from: string; readonly to: string } | NothingToDo> {
  const { view, held } = await knownRelease(context, id);
  if (held) throw new SluiceError('RELEASE_HELD', view.reason, { details: { release_id: id } });
  if (view.closedAt === undefined) return { from: view.spec.image, to: view.plan?.fromImage ?? 'the version before' };
  const plan = await rollbackPlan(context, view, '');
  if ('isBack' in plan) return { ...plan, runId: view.runId };
  const { fromImage: to, toImage: from } = plan.recover.plan;
  return { from, to };
}

export const rollbackQuestion = (id: string, { from, to }: { readonly from: string; readonly to: string }) => ({
  value: id,
  question: `Bring ${to} back for all users of ${id}, in place of ${from}?`,
});

interface Which extends NonNullable<Parameters<typeof idOf>[1]> {
  readonly request_id?: string | undefined;
}

/** Undefined if nothing would be done: the same request has acted, or the wanted version is stable. */
export async function rollbackConfirmation(context: CommandContext, which: Which): Promise<Confirmation | undefined> {
  const id = await idOf(context, which);
  const { request_id: request } = which;
  if (request !== undefined && (await startedBefore(context, id, request)) !== undefined) return undefined;
  const prospect = await rollbackProspect(context, id);
  return 'isBack' in prospect ? undefined : rollbackQuestion(id, prospect);
}
