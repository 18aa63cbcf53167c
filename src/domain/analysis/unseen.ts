import type { ArmCounts, Finding } from './verdict.ts';

/** A greater share of unknown answers can hide a failure that matters. */
export const MAX_UNKNOWN = 0.01;

export const GRPC_BLIND =
  'Traefik does not read the status of a gRPC answer that has a message, so a call can fail unseen';
export const GRPC_NEXT =
  'Name a metric of the application in analysis.metrics, such as its share of failed gRPC calls (grpc_server_handled_total).';

/** The share of a version's requests whose outcome is in no counter, 0…1. */
export function unknownShare({ requests, unknown = 0 }: Pick<ArmCounts, 'requests' | 'unknown'>): number {
  return requests > 0 ? unknown / requests : 0;
}

/**
 * A finding on answers that Traefik's counters cannot classify. It prevents a pass of the step, unless a metric of the
 * release file replaces the counters.
 */
export function unseenFinding(candidate: ArmCounts): Finding | undefined {
  const share = unknownShare(candidate);
  if (share <= MAX_UNKNOWN) return undefined;
  const figures = `${Math.round(candidate.unknown ?? 0)} of ${Math.round(candidate.requests)} requests to the new version`;
  return {
    metric: 'unknown-answers',
    outcome: 'no-data',
    measured: share,
    limit: MAX_UNKNOWN,
    reason: `${figures} have an unknown outcome: ${GRPC_BLIND}. ${GRPC_NEXT}`,
  };
}
