import type { CommandServices } from '../commands/command.ts';
import type { DeliverySteps } from '../ports/delivery-steps.ts';
import { createDeliverySteps } from './delivery/steps/index.ts';
import { releaseStart } from './release/release-start.ts';

/** The steps that a worker runs for tools. A later version is released as the tool of releases does it. */
export function workerSteps(services: CommandServices): DeliverySteps {
  return createDeliverySteps(services, {
    start: (context, file) => releaseStart.run(context, releaseStart.check(file, context.settings)),
  });
}
