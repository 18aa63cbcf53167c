import type { CommandContext } from '../../commands/command.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
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

type With = Pick<CommandContext, 'windows'>;

/**
 * An open release with its windows as they are now. The release itself looks at them at its steps only, and not before
 * it was approved. An ended one keeps what it has seen.
 */
export async function withWindow({ windows }: With, view: ReleaseView): Promise<ReleaseView> {
  if (view.closedAt !== undefined) return view;
  const state = await windows.stateOf(view.spec.target, Date.now());
  return state.by.length === 0 ? view : { ...view, window: state };
}

/** Open or closed, why, and until when, for the answer to a start. Empty if no window concerns the target. */
export async function windowsOf(
  { windows }: With,
  { target }: Pick<ReleaseSpec, 'target'>,
): Promise<{ windows?: string }> {
  const { by, reason } = await windows.stateOf(target, Date.now());
  return by.length === 0 ? {} : { windows: cleanText(reason) };
}
