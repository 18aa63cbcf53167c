/**
 * PromQL of one service's counters in Traefik, without a range: names of traefik v3,
 * pkg/observability/metrics/prometheus.go. `service`: the label's value.
 */
export const COUNTER_SELECTORS = {
  requests: (service: string) => selector('traefik_service_requests_total', service),
  durations: (service: string) => selector('traefik_service_request_duration_seconds_bucket', service),
} as const;

function selector(metric: string, service: string): string {
  return `${metric}{service="${escapeLabel(service)}"}`;
}

/** A PromQL string has Go's escapes; a service name from a file could hold anything. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`);
}
