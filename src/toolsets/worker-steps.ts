import type { CommandServices } from '../commands/command.ts';
import { SluiceError } from '../domain/errors.ts';
import type { DeliverySteps } from '../ports/delivery-steps.ts';
import { createDeliverySteps } from './delivery/steps/index.ts';
import { releaseStart } from './release/release-start.ts';

/** The steps that a worker runs for tools. A later version is released as the tool of releases does it. */
export function workerSteps(services: CommandServices): DeliverySteps {
  return createDeliverySteps(services, {
    async start(context, file) {
      const { release_id, run_id } = await releaseStart.run(context, releaseStart.check(file, context.settings));
      // Only a release with when_busy waits, and this one has none.
      if (run_id === undefined) throw new SluiceError('INTERNAL', 'The release of a delivery was queued.');
      return { release_id, run_id };
    },
  });
}
