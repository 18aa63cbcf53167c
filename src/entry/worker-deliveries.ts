import type { Settings } from '../config/schema.ts';
import type { DeliverySteps } from '../ports/delivery-steps.ts';
import { createDeliverySteps } from '../toolsets/delivery/steps/index.ts';
import { releaseStart } from '../toolsets/release/release-start.ts';
import { createServices } from './services.ts';

/** The steps of deliveries with the real systems. They are opened at their first use. */
export function workerDeliveries(settings: Settings): { readonly steps: DeliverySteps; close(): Promise<void> } {
  const services = createServices(settings);
  const steps = createDeliverySteps(services, {
    start: (context, file) => releaseStart.run(context, releaseStart.check(file, settings)),
  });
  return { steps, close: () => services.close() };
}
