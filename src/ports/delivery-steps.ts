import type { DeliveryStep, StepDone, StepWork } from '../domain/delivery/delivery.ts';

/** What a step gets beside its input. */
export interface StepTools {
  /** Aborted when the delivery is cancelled or the worker stops. */
  readonly signal: AbortSignal;
}

/**
 * The steps of a delivery. Each may run more than once, also after it was killed anywhere: it reads before it writes,
 * and what is done already stays. Errors: those of the catalogue. IMAGE_NOT_HERE asks for another build.
 */
export type DeliverySteps = {
  readonly [Step in DeliveryStep]: (work: StepWork, tools: StepTools) => Promise<StepDone>;
};
