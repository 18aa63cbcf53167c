import type { CommandContext } from '../../commands/command.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ReleaseView } from '../../domain/release/view.ts';

/** What a question is about. `view`: absent if no worker answers for the release. */
export interface Asked {
  readonly id: string;
  readonly view?: ReleaseView;
}

/**
 * The release as it is before a person is asked. `answered`: the same request has acted already, so nothing is asked.
 * Undefined if its state is not known. Errors: RELEASE_CLOSED unless the guard of its version asks, RELEASE_NOT_FOUND.
 */
export async function stateToAsk(
  { gateway }: Pick<CommandContext, 'gateway'>,
  id: string,
  request: string | undefined,
): Promise<ReleaseView | 'answered' | undefined> {
  const view = await gateway.get(id).catch(unknownNow);
  if (view?.closedAt === undefined) return view;
  if (view.commands.some(({ requestId }) => requestId === request)) return 'answered';
  const guard = await gateway.guard(id).catch(unknownNow);
  if (guard?.state === 'waiting-for-decision') return view;
  const lost = view.state === 'failed-needs-human';
  throw new SluiceError('RELEASE_CLOSED', `The release ${id} has ended as ${view.state}: ${view.reason}`, {
    ...(lost && { next: `Call release_recover with release_id "${id}".` }),
  });
}

function unknownNow(error: unknown): undefined {
  if (!(error instanceof SluiceError) || error.code === 'RELEASE_NOT_FOUND') throw error;
}
