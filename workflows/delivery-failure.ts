import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { DeliveryFailure } from '../src/domain/delivery/delivery.ts';

/** Why an activity has failed. Everything else is thrown, for example a cancellation. */
export function failureOf(error: unknown): DeliveryFailure {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    const next = (cause.details?.[0] as { next?: unknown } | undefined)?.next;
    return {
      code: cause.type ?? 'INTERNAL',
      reason: cause.message,
      ...(typeof next === 'string' ? { next } : {}),
    };
  }
  if (cause instanceof TimeoutFailure)
    return {
      code: 'NO_ANSWER',
      reason: 'The step did not end in time, or its worker has died several times.',
      next: 'Read the log of the worker, then retry the delivery.',
    };
  throw error;
}
