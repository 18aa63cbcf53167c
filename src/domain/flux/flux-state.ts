import { metaOf, numberAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { cleanText, maskSecrets } from '../safe-text.ts';
import { isSuspended } from './suspension.ts';

/** `none`: the kind has no status, or its controller has written none yet. */
export type Readiness = 'ready' | 'not ready' | 'in progress' | 'suspended' | 'none';

/** What a Flux object says of itself. */
export interface FluxState {
  readonly readiness: Readiness;
  /** Reason of its condition Ready. */
  readonly reason?: string;
  readonly message?: string;
  /** When the condition Ready last changed, in ISO 8601. */
  readonly since?: string;
  /** The controller has seen the newest specification. */
  readonly current: boolean;
  /** What it last made available or applied. */
  readonly revision?: string;
  /** When it got that revision, in ISO 8601. Absent where Flux does not say it. */
  readonly revisionAt?: string;
}

const MAX_MESSAGE = 400;

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since?: string | undefined;
}

export function conditionsOf(object: ApiObject): readonly Condition[] {
  return recordsAt(object, 'status', 'conditions').map((one) => ({
    type: cleanText(textAt(one, 'type') ?? '', 100),
    status: cleanText(textAt(one, 'status') ?? '', 20),
    reason: cleanText(textAt(one, 'reason') ?? '', 100),
    message: maskSecrets(cleanText(textAt(one, 'message') ?? '', MAX_MESSAGE)),
    since: textAt(one, 'lastTransitionTime'),
  }));
}

export function fluxState(object: ApiObject): FluxState {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  const revision = revisionOf(object);
  return {
    readiness: readinessOf(object, ready),
    current: isCurrent(object),
    ...(ready && { reason: ready.reason, message: ready.message }),
    ...(ready?.since !== undefined && { since: ready.since }),
    ...revision,
  };
}

/**
 * Whether the status is about the newest specification. A success writes the conditions first, and the revision with
 * the status's own generation in a second request (findings/flux-ready-before-artifact.sh). After a failure only the
 * condition says which specification it saw. Kinds that write neither have the conditions of now.
 */
export function isCurrent(object: ApiObject): boolean {
  const { generation = 0 } = metaOf(object);
  const ready = recordsAt(object, 'status', 'conditions').find(({ type }) => type === 'Ready');
  const written = numberAt(object, 'status', 'observedGeneration');
  if (written !== undefined && textAt(ready, 'status') === 'True') return written >= generation;
  const known = [written, numberAt(ready, 'observedGeneration')].filter((one) => one !== undefined);
  return known.length === 0 ? ready !== undefined : Math.max(...known) >= generation;
}

/** A suspended object keeps its last conditions, and they say nothing about now. */
function readinessOf(object: ApiObject, ready: Condition | undefined): Readiness {
  if (isSuspended(object)) return 'suspended';
  if (!ready) return 'none';
  if (ready.status === 'True') return isCurrent(object) ? 'ready' : 'in progress';
  return ready.status === 'False' ? 'not ready' : 'in progress';
}

type Revision = Pick<FluxState, 'revision' | 'revisionAt'>;

function revisionOf(object: ApiObject): Revision {
  return artifact(object) ?? applied(object) ?? release(object) ?? image(object) ?? {};
}

function artifact(object: ApiObject): Revision | undefined {
  const revision = textAt(object, 'status', 'artifact', 'revision');
  return revision === undefined ? undefined : dated(revision, textAt(object, 'status', 'artifact', 'lastUpdateTime'));
}

function applied(object: ApiObject): Revision | undefined {
  const revision = textAt(object, 'status', 'lastAppliedRevision');
  if (revision === undefined) return undefined;
  const entry = recordsAt(object, 'status', 'history').find(
    (one) => textAt(one, 'metadata', 'revision') === revision || textAt(one, 'chartVersion') === revision,
  );
  return dated(revision, entry && (textAt(entry, 'firstReconciled') ?? textAt(entry, 'lastDeployed')));
}

function release(object: ApiObject): Revision | undefined {
  const [last] = recordsAt(object, 'status', 'history');
  const revision = textAt(last, 'chartVersion') ?? textAt(object, 'status', 'lastAttemptedRevision');
  return revision === undefined ? undefined : dated(revision, textAt(last, 'lastDeployed'));
}

function image(object: ApiObject): Revision | undefined {
  const tag = textAt(object, 'status', 'latestRef', 'tag') ?? textAt(object, 'status', 'lastPushCommit');
  return tag === undefined ? undefined : dated(tag, textAt(object, 'status', 'lastPushTime'));
}

function dated(revision: string, at: string | undefined): Revision {
  return { revision: cleanText(revision, 200), ...(at === undefined ? {} : { revisionAt: at }) };
}
