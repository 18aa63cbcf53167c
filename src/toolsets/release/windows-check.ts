import type { CommandContext } from '../../commands/command.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';

/** The windows of the target, as a check of the plan. It never fails: a release waits. Empty without windows. */
export async function windowChecks(
  { windows }: Pick<CommandContext, 'windows'>,
  { target }: Pick<ReleaseSpec, 'target'>,
): Promise<readonly Check[]> {
  const { open, by, reason, onClose } = await windows.stateOf(target, Date.now());
  if (by.length === 0) return [];
  if (open) return [{ name: 'windows', ok: true, detail: reason }];
  const next = `A release that is started now waits for its windows before it changes anything. Under way it would follow on_close: ${onClose}. window_override lets it go on with a reason.`;
  return [{ name: 'windows', ok: true, detail: reason, next }];
}
