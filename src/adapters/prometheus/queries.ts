/** Raw samples of one service's counters in the `windowMs` before the query's time. Names: traefik v3, pkg/observability/metrics/prometheus.go. */
export function serviceRequests(service: string, windowMs: number): string {
  return selector('traefik_service_requests_total', service, windowMs);
}

export function serviceDurationBuckets(service: string, windowMs: number): string {
  return selector('traefik_service_request_duration_seconds_bucket', service, windowMs);
}

function selector(metric: string, service: string, windowMs: number): string {
  return `${metric}{service="${escapeLabel(service)}"}[${windowMs}ms]`;
}

/** A PromQL string has Go's escapes; a service name from a file could hold anything. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`);
}
