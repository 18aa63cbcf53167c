/**
 * Labels that may hold Traefik's name of a service. Prometheus renames a label of the scraped page to `exported_…` when
 * the target has one of that name itself and `honor_labels` is off.
 */
export const SERVICE_LABELS = ['service', 'exported_service'] as const;
export type ServiceLabel = (typeof SERVICE_LABELS)[number];

/**
 * PromQL of one service's counters in Traefik, without a range: names of traefik v3,
 * pkg/observability/metrics/prometheus.go. `service`: the label's value.
 */
export const COUNTER_SELECTORS = {
  requests: (service: string, label?: ServiceLabel) => selector('traefik_service_requests_total', service, label),
  durations: (service: string, label?: ServiceLabel) =>
    selector('traefik_service_request_duration_seconds_bucket', service, label),
} as const;

function selector(metric: string, service: string, label: ServiceLabel = 'service'): string {
  return `${metric}{${label}="${escapeLabel(service)}"}`;
}

/** A PromQL string has Go's escapes; a service name from a file could hold anything. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`);
}
