/**
 * What a counter says of an answer. `unknown`: the proxy did not read the status, so the answer may be good or bad.
 * `stream`: the end of a WebSocket, which has no status of its own.
 */
export type AnswerKind = 'good' | 'bad' | 'unknown' | 'stream';

type Labels = Readonly<Record<string, string>>;

/**
 * gRPC statuses that are the server's fault (grpc.io, statuscodes): DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL,
 * UNAVAILABLE, DATA_LOSS. Traefik has them only when the server failed before any message, as it reads the status in
 * the headers, not in the trailers. UNKNOWN (2) is not among them: Traefik 3.7 counts every answer that has a message
 * as code 2, whether the call succeeded or not.
 */
const GRPC_FAULTS: readonly string[] = ['4', '12', '13', '14', '15'];
const GRPC_UNKNOWN = '2';

/**
 * The one definition of a bad answer, for every judge, report and tool. Labels are those of
 * traefik_service_requests_total (traefik v3, pkg/middlewares/metrics): HTTP 5xx is bad, with gRPC the label `code`
 * holds the gRPC status.
 */
export function answerKind({ code = '', protocol = '' }: Labels): AnswerKind {
  if (/^5\d\d$/.test(code)) return 'bad';
  if (isGrpc(protocol)) return GRPC_FAULTS.includes(code) ? 'bad' : code === GRPC_UNKNOWN ? 'unknown' : 'good';
  return protocol === 'websocket' ? 'stream' : 'good';
}

export const isBadAnswer = (labels: Labels): boolean => answerKind(labels) === 'bad';

/** Whether the answer says nothing about the version behind it, so that it counts neither for nor against it. */
export const isStream = (labels: Labels): boolean => answerKind(labels) === 'stream';

/**
 * Whether an answer lasts as long as its stream does: server-sent events and WebSockets, which Traefik counts at their
 * end. Their duration is no latency.
 */
export const isLongLived = ({ protocol }: Labels): boolean => protocol === 'sse' || protocol === 'websocket';

function isGrpc(protocol: string): boolean {
  return protocol === 'grpc' || protocol === 'grpc-web';
}
