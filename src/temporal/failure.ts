import type { TemporalSettings } from '../config/temporal.ts';
import { isErrorCode, SluiceError, type ErrorCode } from '../domain/errors.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';

const GRPC = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** The gRPC status of an error or of its cause. Undefined when it has none. */
export function grpcCode(error: unknown): number | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'number') return code;
  }
  return undefined;
}

/** Whether the run does not exist. A missing namespace is a different error. */
export const isMissing = (error: unknown): boolean =>
  !isWithoutNamespace(error) &&
  (grpcCode(error) === GRPC.NOT_FOUND || named(error, 'WorkflowNotFoundError') || isNoRunId(error));
/** Temporal refuses an id that none of its runs can have (temporal server 1.32). */
const isNoRunId = (error: unknown): boolean => isInvalid(error) && /invalid RunId/i.test(textOf(error));
/** The result of a call about a run. Undefined if the run does not exist. */
export const unlessMissing = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error as Error)));
export const isWithoutNamespace = (error: unknown): boolean =>
  named(error, 'NamespaceNotFoundError') || (grpcCode(error) === GRPC.NOT_FOUND && /namespace/i.test(textOf(error)));
/** Whether the server refuses the call only in the present state of things. */
export const isRefusedNow = (error: unknown): boolean => grpcCode(error) === GRPC.FAILED_PRECONDITION;
export const isTimeout = (error: unknown): boolean =>
  grpcCode(error) === GRPC.DEADLINE_EXCEEDED ||
  grpcCode(error) === GRPC.CANCELLED ||
  named(error, 'WorkflowUpdateRPCTimeoutOrCancelledError');
export type Undeliverable = 'no-worker' | 'paused' | 'update-limit' | 'task-fails';

/**
 * Why the server could not deliver an update or a query to the run. Source: temporal server 1.32, service/history
 * (consts.ErrWorkflowExecutionPaused, update registry limits) and service/matching. Only their texts distinguish these
 * errors.
 */
export function undeliverable(error: unknown): Undeliverable | undefined {
  if (isTimeout(error)) return 'no-worker';
  if (named(error, 'QueryRejectedError')) return 'paused';
  const text = allText(error);
  if (/Workflow Task in failed state/i.test(text)) return 'task-fails';
  if (/total number of distinct updates|updates in this workflow has been reached/i.test(text)) return 'update-limit';
  if (grpcCode(error) !== GRPC.FAILED_PRECONDITION) return undefined;
  return /paused/i.test(text) ? 'paused' : 'no-worker';
}

/** Whether the run has received as many signals as Temporal allows (10,000). */
export const isSignalLimit = (error: unknown): boolean => /limit for signal events/i.test(allText(error));

function allText(error: unknown): string {
  const texts: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    texts.push(at.message, (at as { details?: string }).details ?? '');
  return texts.join('\n');
}

export const isInvalid = (error: unknown): boolean => grpcCode(error) === GRPC.INVALID_ARGUMENT;

function named(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** The failure with which the workflow refused an update. Its type is an error code. */
export function refusal(error: unknown): SluiceError | undefined {
  if (!named(error, 'WorkflowUpdateFailedError')) return undefined;
  const { cause } = error as { cause?: { type?: unknown; message?: string; details?: unknown[] } };
  if (cause?.type === 'AcceptedUpdateCompletedWorkflow')
    return new SluiceError('RELEASE_CLOSED', 'The release ended before it answered the command.', { cause: error });
  const code: ErrorCode = isErrorCode(cause?.type) ? cause.type : 'INTERNAL';
  return new SluiceError(code, textOf(cause?.message ?? 'the release refused the command'), { cause: error });
}

/** The error of the catalogue with which a workflow failed. Undefined when it failed with another error. */
export function failedWith(error: unknown): SluiceError | undefined {
  const { cause } = error as { cause?: { type?: unknown; message?: string } };
  if (!named(error, 'WorkflowFailedError') || !isErrorCode(cause?.type)) return undefined;
  return new SluiceError(cause.type, textOf(cause.message ?? 'the workflow failed'), { cause: error });
}

/** Converts any error of the client to an error of the catalogue. */
export function toSluiceError(error: unknown, address: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const refused = refusal(error);
  if (refused) return refused;
  const code = grpcCode(error);
  if (code === GRPC.PERMISSION_DENIED || code === GRPC.UNAUTHENTICATED) return forbidden(error, address);
  if (isWithoutNamespace(error)) {
    return new SluiceError('TEMPORAL_UNREACHABLE', `Temporal at ${address}: ${textOf(error)}`, {
      next: 'Create the namespace, or set TEMPORAL_NAMESPACE.',
      cause: error,
    });
  }
  if (code === GRPC.UNIMPLEMENTED) {
    return new SluiceError(
      'TEMPORAL_UNREACHABLE',
      `Something answers at ${address}, but it is not Temporal: ${textOf(error)}`,
      { next: 'Set TEMPORAL_ADDRESS to the gRPC port of Temporal; check proxy variables.', cause: error },
    );
  }
  if (code === GRPC.UNAVAILABLE || isTimeout(error)) return unreachable(address, error);
  return new SluiceError('INTERNAL', `Temporal answered with an error: ${textOf(error)}`, { cause: error });
}

export function unreachable(address: string, cause?: unknown): SluiceError {
  return new SluiceError('TEMPORAL_UNREACHABLE', `Temporal at ${address} does not answer.`, { cause });
}

/** How the native connection of a worker tells the two refusals: by the texts of tonic 0.14 for these codes of gRPC. */
const REFUSED = /does not have valid authentication credentials|does not have permission/;

/**
 * Why no connection came about. The client's connection does not say why TLS failed; that of a worker says it in
 * `why`. Errors: FORBIDDEN, TEMPORAL_UNREACHABLE.
 */
export function notConnected(
  error: unknown,
  { address, connectionOptions }: Pick<TemporalSettings, 'address' | 'connectionOptions'>,
  why = '',
): SluiceError {
  const code = REFUSED.test(allText(error)) ? GRPC.UNAUTHENTICATED : grpcCode(error);
  if (code === GRPC.UNAUTHENTICATED || code === GRPC.PERMISSION_DENIED) return forbidden(error, address);
  if (!connectionOptions.tls)
    return new SluiceError('TEMPORAL_UNREACHABLE', `Temporal at ${address} does not answer${why}.`, { cause: error });
  return new SluiceError('TEMPORAL_UNREACHABLE', `Temporal at ${address} does not answer over TLS${why}.`, {
    next: 'Start Temporal, or set TEMPORAL_ADDRESS. If it runs, check the authority and the certificates (TEMPORAL_TLS_…).',
    cause: error,
  });
}

function forbidden(error: unknown, address: string): SluiceError {
  return new SluiceError('FORBIDDEN', `Temporal at ${address} refused the request: ${textOf(error)}`, {
    next: 'Check the Temporal credentials and the namespace.',
    cause: error,
  });
}

function textOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return maskSecrets(cleanText(inner instanceof Error ? inner.message : String(inner), 300));
}
