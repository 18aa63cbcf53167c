/**
 * The class of an answer in a counter. `unknown`: the proxy did not read the status, so the answer may be good or bad.
 * `stream`: the end of a WebSocket, which has no status of its own.
 */
export type AnswerKind = 'good' | 'bad' | 'unknown' | 'stream';

type Labels = Readonly<Record<string, string>>;

/**
 * gRPC statuses that are the server's fault (grpc.io, statuscodes): DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL,
 * UNAVAILABLE, DATA_LOSS. Traefik reports them only when the server failed before any message, because it reads the
 * status from the headers and not from the trailers. UNKNOWN (2) is not in the list: Traefik 3.7 counts every answer
 * that has a message as code 2, whether the call succeeded or not.
 */
const GRPC_FAULTS: readonly string[] = ['4', '12', '13', '14', '15'];
const GRPC_UNKNOWN = '2';

/**
 * The only definition of a bad answer, for every judge, report and tool. Labels are those of
 * traefik_service_requests_total (traefik v3, pkg/middlewares/metrics). HTTP 5xx is bad. For gRPC the label `code`
 * holds the gRPC status.
 */
export function answerKind({ code = '', protocol = '' }: Labels): AnswerKind {
  if (/^5\d\d$/.test(code)) return 'bad';
  if (isGrpc(protocol)) return GRPC_FAULTS.includes(code) ? 'bad' : code === GRPC_UNKNOWN ? 'unknown' : 'good';
  return protocol === 'websocket' ? 'stream' : 'good';
}

export const isBadAnswer = (labels: Labels): boolean => answerKind(labels) === 'bad';

/**
 * Whether the answer has no information about the version that gave it. It then counts neither for nor against that
 * version.
 */
export const isStream = (labels: Labels): boolean => answerKind(labels) === 'stream';

/**
 * Whether an answer lasts as long as its stream: server-sent events and WebSockets. Traefik counts them at their end,
 * so their duration is not a latency.
 */
export const isLongLived = ({ protocol }: Labels): boolean => protocol === 'sse' || protocol === 'websocket';

function isGrpc(protocol: string): boolean {
  return protocol === 'grpc' || protocol === 'grpc-web';
}
