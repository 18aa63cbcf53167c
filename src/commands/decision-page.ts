import { SluiceError } from '../domain/errors.ts';
import { approvalPath } from '../domain/release/approval.ts';
import { parseReleaseId, type Target } from '../domain/release/target.ts';
import { asksApproval, type ReleaseView } from '../domain/release/view.ts';
import type { CommandContext } from './command.ts';
import { serverAddress } from './server-address.ts';

/**
 * Where named people decide on a release that waits for them. Undefined if it waits for nobody, or for whoever has the
 * permission.
 */
export function decisionPage(
  { settings }: Pick<CommandContext, 'settings'>,
  { waiting, spec }: Pick<ReleaseView, 'waiting' | 'spec'>,
): string | undefined {
  const named = waiting?.for === 'approval' ? spec.approvers !== undefined : asksApproval(waiting);
  return named ? pageOf(settings, spec.target) : undefined;
}

function pageOf(settings: CommandContext['settings'], target: Target): string {
  return `${serverAddress(settings)}${approvalPath(target)}`;
}

/**
 * An error for a sender whose decision does not count, with the address of the page where a person can decide. Other
 * errors stay as they are. `id`: a release id.
 */
export function withDecisionPage({ settings }: Pick<CommandContext, 'settings'>, id: string, error: unknown): unknown {
  const target = parseReleaseId(id);
  if (!(error instanceof SluiceError) || error.code !== 'APPROVAL_NOT_COUNTED' || !target) return error;
  const page = pageOf(settings, target);
  const next = `Give one of those people this address: ${page}. There, or with the same command of sluice on their command line, they decide.`;
  return new SluiceError(error.code, error.message, { next, details: { ...error.details, page }, cause: error });
}
