import { COUNTER_SELECTORS } from '../../domain/analysis/counter-selectors.ts';

/** Raw samples of one service's counters in the `windowMs` before the query's time. */
export function serviceRequests(service: string, windowMs: number): string {
  return `${COUNTER_SELECTORS.requests(service)}[${windowMs}ms]`;
}

export function serviceDurationBuckets(service: string, windowMs: number): string {
  return `${COUNTER_SELECTORS.durations(service)}[${windowMs}ms]`;
}
