import { plural } from '../../domain/plural.ts';
import { isSilent, type GatewayView, type OpenWork, type SilentGateway } from '../../ports/server-gateways.ts';

/** What is open of a version at all gateways that answer, together. Undefined if none of them shows the version. */
export function openWork(
  views: readonly (GatewayView | SilentGateway)[],
  server: string,
  version: string,
): OpenWork | undefined {
  const found = views
    .flatMap((view) => (isSilent(view) ? [] : view.servers))
    .filter((one) => one.server === server)
    .flatMap(({ versions }) => versions.find((one) => one.version === version)?.open ?? []);
  if (found.length === 0) return undefined;
  const sum = (of: (one: OpenWork) => number): number => found.reduce((total, one) => total + of(one), 0);
  return { sessions: sum((one) => one.sessions), tasks: sum((one) => one.tasks), requests: sum((one) => one.requests) };
}

/** "2 sessions, 1 task". Empty if nothing is open. */
export function openText({ sessions, tasks, requests }: OpenWork): string {
  const counts: readonly (readonly [number, string])[] = [
    [sessions, 'session'],
    [tasks, 'task'],
    [requests, 'request'],
  ];
  return counts.flatMap(([count, what]) => (count > 0 ? [plural(count, what)] : [])).join(', ');
}
