import type { OutgoingHttpHeaders } from 'node:http';
import type { Account } from '../../domain/access/impersonation.ts';

interface Impersonated extends Account {
  readonly uid?: string | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Headers of a request that is made for another account. Without a group, Kubernetes gives it `system:authenticated`
 * alone. Source: client-go, transport/round_trippers.go (NewImpersonatingRoundTripper).
 */
export function impersonationHeaders({ user, groups, uid, extra = {} }: Impersonated): OutgoingHttpHeaders {
  return {
    'Impersonate-User': user,
    ...(uid && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': [...groups] }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, [...values]]),
    ),
  };
}
