import type { CommandContext } from '../../commands/command.ts';
import type { DeliveryView } from '../../domain/delivery/delivery.ts';
import { SluiceError } from '../../domain/errors.ts';

/**
 * A delivery from Temporal, or from the journal if Temporal no longer has its run. Only a run that is named is in the
 * journal. Errors: DELIVERY_NOT_FOUND, and those of both sources.
 */
export async function knownDelivery(context: CommandContext, name: string, runId?: string): Promise<DeliveryView> {
  const live = await context.gateway.deliveries.get(name, runId);
  if (live) return live;
  const recorded = runId === undefined ? [] : await context.journal.read(runId, { kinds: ['delivery'] });
  const last = recorded.at(-1);
  if (last?.kind === 'delivery' && last.data.input.name === name) return last.data;
  const run = runId === undefined ? '' : ` with the run ${runId}`;
  throw new SluiceError('DELIVERY_NOT_FOUND', `There is no delivery of ${name}${run}.`);
}
