import { COUNTER_SELECTORS, type ServiceLabel } from '../../domain/analysis/counter-selectors.ts';

/** Raw samples of one service's counters in the `windowMs` before the query's time. */
export function serviceRequests(service: string, windowMs: number, label: ServiceLabel): string {
  return `${COUNTER_SELECTORS.requests(service, label)}[${windowMs}ms]`;
}

export function serviceDurationBuckets(service: string, windowMs: number, label: ServiceLabel): string {
  return `${COUNTER_SELECTORS.durations(service, label)}[${windowMs}ms]`;
}
