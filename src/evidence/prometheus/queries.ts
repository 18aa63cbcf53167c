import { COUNTER_SELECTORS, type Matchers, type ServiceLabel } from '../../domain/analysis/counter-selectors.ts';

/** Raw samples of one service's counters in the `windowMs` before the query's time. */
export function serviceRequests(service: string, windowMs: number, label: ServiceLabel, matchers: Matchers): string {
  return `${COUNTER_SELECTORS.requests(service, label, matchers)}[${windowMs}ms]`;
}

export function serviceDurationBuckets(
  service: string,
  windowMs: number,
  label: ServiceLabel,
  matchers: Matchers,
): string {
  return `${COUNTER_SELECTORS.durations(service, label, matchers)}[${windowMs}ms]`;
}
