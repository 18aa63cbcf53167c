/** Labels with the value that each must have. */
export type Matchers = Readonly<Record<string, string>>;

/**
 * PromQL of one service's counters in Traefik, without a range: names of traefik v3,
 * pkg/observability/metrics/prometheus.go. `service`: the label's value. `matchers`: those of the cluster.
 */
export const COUNTER_SELECTORS = {
  requests: (service: string, matchers: Matchers = {}) =>
    selector('traefik_service_requests_total', { ...matchers, service }),
  durations: (service: string, matchers: Matchers = {}) =>
    selector('traefik_service_request_duration_seconds_bucket', { ...matchers, service }),
} as const;

function selector(metric: string, labels: Matchers): string {
  return `${metric}{${matcherText(labels)}}`;
}

/** Label matchers as they stand in a selector: `cluster="prod",service="web"`. */
export function matcherText(labels: Matchers): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escapeLabel(value)}"`)
    .join(',');
}

/** A PromQL string has Go's escapes; a service name from a file could hold anything. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`);
}
