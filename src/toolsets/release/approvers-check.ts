import type { CommandContext } from '../../commands/command.ts';
import { namesOf, neverEnough, starterOf } from '../../domain/release/approval.ts';
import { misplaced, neverEnoughIn, phaseText } from '../../domain/release/phase-approvals.ts';
import type { Check, Preflight, ReleaseSpec } from '../../domain/release/plan.ts';

type Named = Pick<ReleaseSpec, 'approvers' | 'approvals'>;
const MORE_PEOPLE = 'Name more people in by, lower count, or let somebody else start the release.';

/** The check that the named people can approve the release at all. A release that nobody can approve has no plan. */
export function withApprovers({ caller }: Pick<CommandContext, 'caller'>, spec: Named, found: Preflight): Preflight {
  if (!spec.approvers && !spec.approvals) return found;
  const check = checkOf(spec, starterOf(caller), found);
  const checks = [...found.checks, check];
  if (check.ok) return { ...found, checks };
  const { plan: _, ...rest } = found;
  return { ...rest, checks };
}

function checkOf({ approvers, approvals }: Named, starter: string | undefined, { plan }: Preflight): Check {
  const failed = (detail: string, next: string): Check => ({ name: 'approvers', ok: false, detail, next });
  const few = (approvers && neverEnough(approvers, starter)) ?? neverEnoughIn(approvals, starter);
  if (few !== undefined) return failed(few, MORE_PEOPLE);
  const elsewhere = plan && misplaced(approvals, plan.steps);
  if (elsewhere !== undefined)
    return failed(elsewhere, 'Name weights in approvals that the release holds, or leave the entry out.');
  const start = approvers ? [`before the start: ${approvers.count} of: ${namesOf(approvers)}`] : [];
  return { name: 'approvers', ok: true, detail: [...start, ...(approvals ?? []).map(phaseText)].join('; ') };
}
