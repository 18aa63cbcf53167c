import type { CommandContext } from '../../commands/command.ts';
import { namesOf, neverEnough, starterOf } from '../../domain/release/approval.ts';
import type { Check, Preflight, ReleaseSpec } from '../../domain/release/plan.ts';

/** The check that the named people can approve the release at all. A release that nobody can approve has no plan. */
export function withApprovers(
  { caller }: Pick<CommandContext, 'caller'>,
  { approvers }: Pick<ReleaseSpec, 'approvers'>,
  found: Preflight,
): Preflight {
  if (!approvers) return found;
  const problem = neverEnough(approvers, starterOf(caller));
  if (problem === undefined) {
    const detail = `${approvers.count} of: ${namesOf(approvers)}`;
    return { ...found, checks: [...found.checks, { name: 'approvers', ok: true, detail }] };
  }
  const failed: Check = {
    name: 'approvers',
    ok: false,
    detail: problem,
    next: 'Name more people in approvers.by, lower approvers.count, or let somebody else start the release.',
  };
  const { plan: _, ...rest } = found;
  return { ...rest, checks: [...found.checks, failed] };
}
