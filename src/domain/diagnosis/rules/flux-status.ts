import { metaOf, numberAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { condition } from '../../cluster-objects/conditions.ts';
import { REQUESTED_AT } from '../../flux/request.ts';
import { evidence, plain, type Evidence, type Finding, type Rule } from '../rule.ts';
import { describeObject } from '../steps.ts';

/** What a controller of Flux says about an object that is not ready. Undefined if it is ready or was never seen. */
export interface NotReady {
  readonly reason: string;
  readonly message: string;
  /** "<reason>: <message>". */
  readonly text: string;
  readonly proof: Evidence;
}

export function notReady(object: ApiObject): NotReady | undefined {
  const ready = condition(object, 'Ready');
  // While a new attempt runs, Ready is unknown. Then the condition of the attempt has no result yet.
  if (ready?.['status'] !== 'False') return undefined;
  const [reason, message] = [textAt(ready, 'reason') ?? '', textAt(ready, 'message') ?? ''];
  const text = `${reason}: ${message}`;
  return { reason, message, text, proof: evidence(object, 'status.conditions[Ready]', text) };
}

/** The controller has not looked at the newest specification, or at a request to reconcile. */
export function isUnseen(object: ApiObject): boolean {
  const { generation, annotations } = metaOf(object);
  const observed = numberAt(object, 'status', 'observedGeneration') ?? -1;
  const asked = annotations?.[REQUESTED_AT];
  const handled = textAt(object, 'status', 'lastHandledReconcileAt');
  return observed < (generation ?? 0) || (asked !== undefined && asked !== handled);
}

export function fluxFinding(
  rule: Rule,
  object: ApiObject,
  summary: string,
  proof: readonly Evidence[],
  step: Finding['step'] = describeObject(object),
): Finding {
  return { rule, object, summary: plain(summary, 300), evidence: proof, step };
}
