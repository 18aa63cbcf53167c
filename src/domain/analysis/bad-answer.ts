/**
 * gRPC statuses that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE,
 * DATA_LOSS (grpc.io, statuscodes).
 */
const GRPC_FAULTS: readonly string[] = ['2', '4', '12', '13', '14', '15'];

/**
 * Whether a series of traefik_service_requests_total counts bad answers: HTTP 5xx, or a gRPC status that is the
 * server's fault. With gRPC Traefik's
 * label `code` holds the gRPC status (traefik v3, pkg/middlewares/metrics).
 */
export function isBadAnswer({ code = '', protocol }: Readonly<Record<string, string>>): boolean {
  return protocol === 'grpc' || protocol === 'grpc-web' ? GRPC_FAULTS.includes(code) : /^5\d\d$/.test(code);
}
