import type { CommandContext } from '../../commands/command.ts';
import { SluiceError } from '../../domain/errors.ts';

/** The id of the running release, if the same request started it. Errors: those of the gateway except TARGET_BUSY. */
export async function startedBefore(
  { gateway }: CommandContext,
  id: string,
  request: string,
): Promise<string | undefined> {
  try {
    return (await gateway.admit(id, request))?.runId;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'TARGET_BUSY') return undefined;
    throw error;
  }
}
