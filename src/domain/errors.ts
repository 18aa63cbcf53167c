/** One entry of the catalogue. `retryable`: whether an activity may simply try again. */
interface ErrorEntry {
  readonly meaning: string;
  readonly next: string;
  readonly retryable: boolean;
  readonly http: number;
  readonly exit: number;
}

const entry = (http: number, exit: number, retryable: boolean, meaning: string, next: string): ErrorEntry => ({
  meaning,
  next,
  retryable,
  http,
  exit,
});

/** Every error that a caller can see. HTTP status, CLI exit code and retry class are decided here and nowhere else. */
export const ERRORS = {
  INVALID_INPUT: entry(400, 2, false, 'The input does not match the schema.', 'Correct the named field and call again.'),
  UNKNOWN_NAME: entry(400, 2, false, 'A name is not known.', 'Use the suggested name.'),
  REASON_REQUIRED: entry(400, 2, false, 'This command needs a reason.', 'Give `reason`: it is kept in the release record.'),
  TOOL_NOT_FOUND: entry(404, 2, false, 'This server has no such tool.', 'Use the suggested name; GET /engine/v1/tools lists all.'),
  PATH_NOT_FOUND: entry(404, 2, false, 'There is nothing at this path.', 'The Tools API is at /engine/v1/tools, its document at /engine/v1/openapi.json, MCP at /mcp, health at /healthz.'),
  METHOD_NOT_ALLOWED: entry(405, 2, false, 'This path does not take this HTTP method.', 'Use one of the methods in the header Allow.'),
  BODY_TOO_LARGE: entry(413, 2, false, 'The request is larger than the server accepts.', 'Send at most 1 MiB.'),
  MEDIA_TYPE_UNSUPPORTED: entry(415, 2, false, 'The body is not of a type that the server reads.', 'Send JSON, with content-type: application/json.'),
  FOREIGN_ORIGIN: entry(403, 3, false, 'The request comes from a page of another site, or names another host.', 'Call the server by its loopback address, not from a page of another site.'),
  WRITE_DISABLED: entry(403, 3, false, 'Write tools are off.', 'Set MCP_ALLOW_WRITE=true on the server to allow writes.'),
  FORBIDDEN: entry(403, 3, false, 'The cluster refused the request.', 'Grant the missing permission to the account in use; deploy/rbac.yaml holds all that Sluice needs.'),
  CONFIRMATION_REQUIRED: entry(409, 4, false, 'A destructive command was not confirmed.', 'Repeat the call with `confirm` set to the value that the message gives.'),
  CLUSTER_UNKNOWN: entry(404, 5, false, 'The kubeconfig has no such context.', 'Choose one of the named contexts, or set KUBECONFIG.'),
  CLUSTER_UNREACHABLE: entry(503, 6, true, 'The cluster does not answer.', 'Check the kubeconfig and the network; `sluice doctor` tests it.'),
  NAMESPACE_NOT_FOUND: entry(404, 5, false, 'The namespace does not exist.', 'Check the name of the namespace and the cluster.'),
  ROLLOUT_NOT_FOUND: entry(404, 5, false, 'The Rollout does not exist.', 'Check rollout, namespace and cluster.'),
  TRAFFIC_SERVICE_NOT_FOUND: entry(404, 5, false, 'The TraefikService does not exist or has no weights for the two Services.', 'Create the TraefikService, or name it in `traffic.traefik_service`.'),
  SERVICE_NOT_FOUND: entry(404, 5, false, 'A Kubernetes Service that the Rollout names does not exist.', 'Create the Service, or correct the Rollout.'),
  ROUTE_NOT_FOUND: entry(404, 5, false, 'The IngressRoute does not exist.', 'Check route_name, namespace and cluster.'),
  MIDDLEWARE_NOT_FOUND: entry(404, 5, false, 'The Middleware does not exist.', 'Check the name of the Middleware and the namespace.'),
  ANALYSIS_TEMPLATE_NOT_FOUND: entry(404, 5, false, 'The AnalysisTemplate does not exist.', 'Create it with argo_set_analysis_template, or correct its name.'),
  WORKLOAD_NOT_FOUND: entry(404, 5, false, 'The workload that the Rollout refers to does not exist.', 'Create it, or correct `workloadRef` of the Rollout.'),
  CRD_MISSING: entry(424, 5, false, 'A custom resource definition is missing in the cluster.', 'Install Argo Rollouts and Traefik with their CRDs.'),
  PREFLIGHT_FAILED: entry(409, 7, false, 'The release cannot start as things are.', 'Read the failed checks; each says what to change.'),
  TARGET_BUSY: entry(409, 7, false, 'The target already has a running release.', 'Wait for that release, or abort it.'),
  OWNED_BY_OTHER: entry(409, 7, false, 'Another owner holds the Rollout or the TraefikService.', 'Let the named owner finish, or remove its annotation if it is gone.'),
  CONFLICT: entry(409, 7, true, 'Somebody else wrote the object at the same time.', 'Read again and repeat.'),
  SUPERSEDED: entry(409, 7, false, 'Somebody else set another version.', 'Start a release for the version that should run.'),
  NAMESPACE_NOT_ALLOWED: entry(403, 3, false, 'The namespace is not on the allow list.', 'Use an allowed namespace, or add it to SLUICE_ALLOWED_NAMESPACES.'),
  NOT_APPLICABLE: entry(409, 7, false, 'The object is not in a state in which this can be done; nothing was written.', 'Read the reason, look at the state, and choose the tool that fits it.'),
  ALREADY_EXISTS: entry(409, 7, false, 'An object of this name exists already.', 'Choose another name, or use the tool that changes it.'),
  FIELD_CONFLICT: entry(409, 7, false, 'Another field manager owns what would be written.', 'Change it where the named manager takes it from, or repeat with take_over: true.'),
  MANIFEST_REFUSED: entry(422, 2, false, 'The API server does not accept the object.', 'Correct the field that the message names.'),
  AUDIT_UNAVAILABLE: entry(503, 6, false, 'The audit log cannot be written, so nothing was changed.', 'Make the file writable, or set SLUICE_AUDIT_LOG to another path or to stderr.'),
  JOURNAL_UNAVAILABLE: entry(503, 6, true, 'The journal cannot be read or written.', 'Make the file writable, start PostgreSQL, or set SLUICE_JOURNAL; `sluice doctor` tests it.'),
  RELEASE_NOT_FOUND: entry(404, 5, false, 'No release with this id.', 'Call release_list for the ids.'),
  RELEASE_CLOSED: entry(409, 7, false, 'The release has ended.', 'Call release_get for its outcome; start a new release if needed.'),
  NOT_WAITING: entry(409, 7, false, 'The release is not waiting for this command.', 'Call release_get to see what it waits for.'),
  VERDICT_NOT_PASSED: entry(409, 7, false, 'The step was not judged good.', 'Abort, or use release_skip_analysis with a reason.'),
  TOO_LATE: entry(409, 7, false, 'The new version is already the stable one.', 'To go back, start a release of the earlier image.'),
  STEP_DEADLINE: entry(504, 8, false, 'A step did not get ready within its deadline.', 'Read the pod events; raise `timeouts.step` if the start is slow by nature.'),
  NO_ANSWER: entry(504, 8, true, 'The release took the command but has not acted on it yet, or no worker is running.', 'Call release_get; the same request id can be sent again safely.'),
  TEMPORAL_UNREACHABLE: entry(503, 6, true, 'Temporal does not answer.', 'Start Temporal, or set TEMPORAL_ADDRESS.'),
  PROMETHEUS_UNREACHABLE: entry(503, 6, true, 'Prometheus does not answer.', 'Start Prometheus, or set SLUICE_PROMETHEUS_URL.'),
  PROMETHEUS_DENIED: entry(502, 6, true, 'Prometheus, or what guards it, refuses the credentials.', 'Correct SLUICE_PROMETHEUS_BEARER_TOKEN, SLUICE_PROMETHEUS_USERNAME and its password, or SLUICE_PROMETHEUS_HEADERS.'),
  QUERY_FAILED: entry(502, 6, true, 'Prometheus refused the query.', 'Check the query in the message.'),
  TRAEFIK_UNREACHABLE: entry(503, 6, true, 'A Traefik API does not answer.', 'Check SLUICE_TRAEFIK_API_URLS.'),
  SANDBOX_FAILED: entry(500, 1, false, 'The sandbox did not do what was asked.', 'Call `sluice sandbox status`; `sluice sandbox logs <part>` shows why a part failed.'),
  CONFIG_INVALID: entry(400, 2, false, 'A setting is not valid.', 'Correct the named setting.'),
  INTERNAL: entry(500, 1, true, 'Something failed that Sluice does not know.', 'See the log of the process for details.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error from the catalogue: what happened (`message`), its code and the next action. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { next?: string; details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next ?? ERRORS[code].next;
    this.details = options.details ?? {};
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
