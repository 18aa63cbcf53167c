import type { Facts } from './preflight-facts.ts';
import type { Check } from './plan.ts';
import { ok } from './preflight-checks.ts';

/**
 * With a cookie a client stays at its version while that version has any weight (tried with Traefik 3.7). So a weight
 * divides new clients, not requests. Absent without a cookie.
 */
export function stickyCheck({ traffic }: Pick<Facts, 'traffic'>): readonly Check[] {
  if (!traffic?.sticky) return [];
  const detail = `TraefikService ${traffic.name} keeps each client at one version by a cookie: a weight divides new clients only, so the new version may get fewer requests than its share`;
  const next = `Remove spec.weighted.sticky of TraefikService ${traffic.name} while the release runs, or lower analysis.min_requests.`;
  return [{ ...ok('sticky cookie', detail), next }];
}
