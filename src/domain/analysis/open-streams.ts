import { matcherText, SERVICE_LABELS, type Matchers } from './counter-selectors.ts';

/**
 * PromQL: how many WebSockets and event streams of a Service have ended, as far as Traefik counted them in the past
 * hour. Traefik counts a stream at its end, and not at all if its client leaves an event stream
 * (findings/traefik-open-streams.sh). Empty if there was none.
 */
export function endedStreams(service: string, matchers: Matchers): string {
  const selectors = SERVICE_LABELS.map((label) => {
    const labels = matcherText({ ...matchers, [label]: service });
    return `sum(last_over_time(traefik_service_requests_total{${labels},protocol=~"websocket|sse"}[1h]))`;
  });
  return selectors.join(' or ');
}

/** PromQL: connections of clients that are open at Traefik's entry points, for all routes together. */
export function openConnections(matchers: Matchers): string {
  return `sum(traefik_open_connections{${matcherText(matchers)}})`;
}

/** What was read when a version had lost its traffic. Undefined: Prometheus has no value. */
export interface StreamCounts {
  readonly ended: number | undefined;
  readonly connections: number | undefined;
}

/**
 * What is known of streams that may still be open on a version whose traffic is gone. Undefined if its Service had none
 * in the past hour, or if Traefik has no open connection. `version`: its image.
 */
export function openStreamsText(
  { service, version }: { readonly service: string; readonly version: string },
  { ended = 0, connections }: StreamCounts,
): string | undefined {
  if (!(ended > 0) || connections === 0) return undefined;
  const most =
    connections === undefined
      ? ''
      : `; at most ${connections} can be open, because Traefik has that many connections in all`;
  return (
    `Service ${service} had WebSockets or event streams in the past hour: ` +
    `those that are open stay on ${version} until they end or its pods stop, and no counter shows them${most}`
  );
}
