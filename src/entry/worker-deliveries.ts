import type { Settings } from '../config/schema.ts';
import type { DeliverySteps } from '../ports/delivery-steps.ts';
import { workerSteps } from '../toolsets/worker-steps.ts';
import { createServices } from './services.ts';

/** The steps of deliveries with the real systems. They are opened at their first use. */
export function workerDeliveries(settings: Settings): { readonly steps: DeliverySteps; close(): Promise<void> } {
  const services = createServices(settings);
  return { steps: workerSteps(services), close: () => services.close() };
}
