/** Labels with the value that each one must have. */
export type Matchers = Readonly<Record<string, string>>;

/**
 * Labels that may hold Traefik's name of a service. Prometheus renames a scraped label to `exported_…` when the target
 * already has a label of that name and `honor_labels` is off.
 */
export const SERVICE_LABELS = ['service', 'exported_service'] as const;
export type ServiceLabel = (typeof SERVICE_LABELS)[number];

/**
 * PromQL of one service's counters in Traefik, without a range. The names are those of traefik v3,
 * pkg/observability/metrics/prometheus.go. `service`: the label's value. `matchers`: those of the cluster.
 */
export const COUNTER_SELECTORS = {
  requests: (service: string, label?: ServiceLabel, matchers?: Matchers) =>
    selector('traefik_service_requests_total', service, label, matchers),
  durations: (service: string, label?: ServiceLabel, matchers?: Matchers) =>
    selector('traefik_service_request_duration_seconds_bucket', service, label, matchers),
} as const;

function selector(metric: string, service: string, label: ServiceLabel = 'service', matchers: Matchers = {}): string {
  return `${metric}{${matcherText({ ...matchers, [label]: service })}}`;
}

/** Label matchers in the syntax of a selector: `cluster="prod",service="web"`. */
export function matcherText(labels: Matchers): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escapeLabel(value)}"`)
    .join(',');
}

/** A PromQL string has the escapes of Go. A service name from a file may contain any character. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`);
}
