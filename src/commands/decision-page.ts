import { SluiceError } from '../domain/errors.ts';
import { approvalPath } from '../domain/release/approval.ts';
import { parseReleaseId, type Target } from '../domain/release/target.ts';
import { asksApproval, type ReleaseView } from '../domain/release/view.ts';
import type { CommandContext } from './command.ts';
import { serverAddress } from './server-address.ts';

/**
 * Where people decide on a release that waits for them, as a sentence. Undefined if it waits for nobody, or for whoever
 * has the permission, also a program.
 */
export function whereToDecide(
  { settings }: Pick<CommandContext, 'settings'>,
  { waiting, spec }: Pick<ReleaseView, 'waiting' | 'spec'>,
): string | undefined {
  if (!asksApproval(waiting)) return undefined;
  const page = pageOf(settings, spec.target);
  if (waiting?.for === 'step-approval' || spec.approvers) return `The people who are named decide at ${page}.`;
  return spec.approvalByPerson ? `A person decides at ${page}, or with sluice release approve.` : undefined;
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
  const next = `Give a person who may decide this address: ${page}. They decide there, or with the same command of sluice on their command line.`;
  return new SluiceError(error.code, error.message, { next, details: { ...error.details, page }, cause: error });
}
