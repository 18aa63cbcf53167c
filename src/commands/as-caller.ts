import { accountFor } from '../domain/access/impersonation.ts';
import { actingAs } from '../ports/acting-account.ts';
import type { CommandContext } from './command.ts';

/**
 * Runs work whose requests to Kubernetes are those of the caller, if the settings say how the caller is named there.
 * Errors: ACCESS_DENIED, and those of the work.
 */
export async function asCaller<T>(
  { caller, settings }: Pick<CommandContext, 'caller' | 'settings'>,
  work: () => Promise<T>,
): Promise<T> {
  return actingAs(accountFor(caller, settings.impersonate), work);
}
