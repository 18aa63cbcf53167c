import { metaOf, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { conditionsOf, fluxState, isCurrent } from './flux-state.ts';

/** Flux's controllers handle an object when this annotation gets a new value. */
export const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

export interface RequestState {
  /** `failed`: the controller has handled the request, and the object is not ready. It may try again by itself. */
  readonly state: 'ready' | 'failed' | 'waiting';
  /** What it says, or what is waited for, as the end of a sentence that begins with the object. */
  readonly what: string;
}

/** Kinds whose controller does not handle requests. */
const WITHOUT_REQUESTS: readonly string[] = ['Alert', 'Provider', 'ExternalArtifact'];

/** Why a request would not be handled, as a sentence. Undefined if it would be. */
export function unhandledBecause(object: ApiObject): string | undefined {
  if (WITHOUT_REQUESTS.includes(String(object['kind']))) return 'No controller handles requests for this kind.';
  if (textAt(object, 'spec', 'type') === 'oci' && object['kind'] === 'HelmRepository')
    return 'A HelmRepository of type oci is only data: Flux does not read it by itself.';
  return undefined;
}

/** How far a request is. `token`: the value of the annotation that was written. */
export function requestState(object: ApiObject, token: string): RequestState {
  const now = metaOf(object).annotations?.[REQUESTED_AT];
  if (now !== token) return { state: 'waiting', what: 'was asked again by somebody else, before it had handled this' };
  if (textAt(object, 'status', 'lastHandledReconcileAt') !== token)
    return { state: 'waiting', what: `has not handled the request yet${saying(object)}` };
  return handled(object);
}

function handled(object: ApiObject): RequestState {
  const conditions = conditionsOf(object);
  const ready = conditions.find(({ type }) => type === 'Ready');
  const { revision } = fluxState(object);
  if (ready?.status === 'True' && isCurrent(object))
    return { state: 'ready', what: `has handled the request and is ready${revision ? ` at ${revision}` : ''}` };
  const progress = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True');
  const goesOn = progress !== undefined && progress.reason !== 'ProgressingWithRetry';
  if (ready?.status === 'False' && isCurrent(object) && !goesOn)
    return { state: 'failed', what: `has handled the request and is not ready${saying(object)}` };
  return { state: 'waiting', what: `has handled the request and is not ready yet${saying(object)}` };
}

function saying(object: ApiObject): string {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  return ready && ready.status !== 'True' ? `: ${ready.reason}: ${ready.message}` : '';
}
