import { SluiceError } from '../../domain/errors.ts';
import { describe } from './kinds.ts';
import type { Kind, ObjectRef } from './kinds.ts';
import { isTimeout, whyNoAnswer } from './no-answer.ts';
import { plainLine } from './text.ts';
import type { ApiResponse } from './transport.ts';

/** The API server's description of a failure. `objectName` is present only when one object is concerned. */
interface ServerStatus {
  readonly message: string;
  /** For a refused apply: "conflict with \"kubectl-edit\" using …" for each field. */
  readonly causes: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly objectName?: string;
  readonly retryAfterSeconds?: number;
}

/** The reason in an answer that is not a success: a Status document, or any text. */
export function serverStatus(response: ApiResponse): ServerStatus {
  try {
    const status = JSON.parse(response.body) as {
      kind?: string;
      message?: string;
      details?: { name?: string; retryAfterSeconds?: number; causes?: ServerStatus['causes'] };
    };
    if (status.kind !== 'Status') return { message: plainLine(response.body), causes: [] };
    return {
      message: plainLine(status.message ?? '', 600),
      causes: status.details?.causes ?? [],
      ...(status.details?.name && { objectName: status.details.name }),
      ...(status.details?.retryAfterSeconds && { retryAfterSeconds: status.details.retryAfterSeconds }),
    };
  } catch {
    return { message: plainLine(response.body), causes: [] };
  }
}

/** Source: k8s.io/apimachinery, pkg/util/managedfields/internal/structuredmerge.go. */
const WRONG_TYPE = 'failed to create typed patch object';

/**
 * Errors of server-side apply and of merge patches: FIELD_CONFLICT with the other managers, MANIFEST_REFUSED with the
 * server's reason. Source: k8s.io/apimachinery, pkg/apis/meta/v1/types.go (CauseTypeFieldManagerConflict).
 */
export function refuseApply(response: ApiResponse, ref: ObjectRef): void {
  const { message, causes } = serverStatus(response);
  // The API server answers 500 for a value of a wrong type, and shows the value.
  if (response.status === 500 && message.includes(WRONG_TYPE))
    throw new SluiceError(
      'MANIFEST_REFUSED',
      `The API server refuses ${describe(ref)}: ${message.replaceAll(/got &value.*$/g, 'got another type')}`,
    );
  if (![400, 409, 422].includes(response.status)) return;
  const conflicts = causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (conflicts.length > 0) throw fieldConflict(conflicts, ref);
  if (response.status !== 409)
    throw new SluiceError('MANIFEST_REFUSED', `The API server refuses ${describe(ref)}: ${message}`);
}

function fieldConflict(conflicts: ServerStatus['causes'], ref: ObjectRef): SluiceError {
  const managers = [
    ...new Set(
      conflicts.map(({ message }) => plainLine(/conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'unknown')),
    ),
  ];
  const fields = conflicts.map(({ field }) => plainLine(field ?? ''));
  return new SluiceError(
    'FIELD_CONFLICT',
    `${managers.join(' and ')} manages ${fields.join(', ')} of ${describe(ref)}.`,
    { details: { managers, fields } },
  );
}

/** Errors for every status except 404 and 422, which depend on the request. `what`: "read Rollout shop/app". */
export function failureOf(response: ApiResponse, cluster: string, what: string): SluiceError {
  const { message, retryAfterSeconds } = serverStatus(response);
  const details = { cluster, status: response.status, ...(retryAfterSeconds && { retryAfterSeconds }) };
  const tail = message ? `: ${message}` : '';
  switch (response.status) {
    case 401:
      return new SluiceError(
        'FORBIDDEN',
        `Cluster "${cluster}" does not accept the credentials (401) to ${what}${tail}`,
        { details },
      );
    case 403:
      return new SluiceError('FORBIDDEN', `Cluster "${cluster}" does not allow to ${what}${tail}`, { details });
    case 409:
      return new SluiceError('CONFLICT', `Could not ${what}${tail}`, { details });
    case 429:
      return new SluiceError(
        'CLUSTER_UNREACHABLE',
        `Cluster "${cluster}" is throttling requests (429): could not ${what}${tail}`,
        { details },
      );
    default:
      if (response.status >= 500)
        return new SluiceError(
          'CLUSTER_UNREACHABLE',
          `Cluster "${cluster}" answered ${response.status}: could not ${what}${tail}`,
          { details },
        );
      return new SluiceError('INTERNAL', `Cluster "${cluster}" answered ${response.status}: could not ${what}${tail}`, {
        details,
      });
  }
}

/** A request that got no answer: refused, unresolvable, bad certificate, no credentials, or too slow. */
export function unreachable(cause: unknown, cluster: string, what: string, timeoutMs: number): SluiceError {
  const why = whyNoAnswer(cause, timeoutMs);
  return new SluiceError('CLUSTER_UNREACHABLE', `Cluster "${cluster}" cannot be reached to ${what}: ${why}`, {
    cause,
    details: { cluster, timedOut: isTimeout(cause) },
  });
}

export function crdMissing(kind: Kind, cluster: string): SluiceError {
  return new SluiceError(
    'CRD_MISSING',
    `Cluster "${cluster}" does not serve ${kind.plural}.${kind.group || 'core'} ${kind.version}.`,
    {
      details: { cluster, group: kind.group, version: kind.version, plural: kind.plural },
    },
  );
}
