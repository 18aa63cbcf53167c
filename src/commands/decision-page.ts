import { SluiceError } from '../domain/errors.ts';
import { approvalPath } from '../domain/release/approval.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import type { CommandContext } from './command.ts';
import { serverAddress } from './server-address.ts';

/**
 * An error for a sender whose decision does not count, with the address of the page where a person can decide. Other
 * errors stay as they are. `id`: a release id.
 */
export function withDecisionPage({ settings }: Pick<CommandContext, 'settings'>, id: string, error: unknown): unknown {
  const target = parseReleaseId(id);
  if (!(error instanceof SluiceError) || error.code !== 'APPROVAL_NOT_COUNTED' || !target) return error;
  const page = `${serverAddress(settings)}${approvalPath(target)}`;
  const next = `Give one of those people this address: ${page}. There, or with the same command of sluice on their command line, they decide.`;
  return new SluiceError(error.code, error.message, { next, details: { ...error.details, page }, cause: error });
}
