import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { conditionsOf, isCurrent } from '../../domain/flux/flux-state.ts';
import { isSuspended } from '../../domain/flux/suspension.ts';
import type { Check } from '../../domain/release/plan.ts';

export const bad = (detail: string, next: string): Check => ({ name: 'flux', ok: false, detail, next });

/** Why Flux would not apply a commit to this object. */
export function stateFaults(object: ApiObject, what: string): readonly Check[] {
  if (isSuspended(object)) return [bad(`${what} is suspended`, 'Resume it first (flux_resume).')];
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  if (ready?.status === 'True' && isCurrent(object)) return [];
  const why = ready ? `: ${ready.reason}: ${ready.message}` : '';
  return [bad(`${what} is not ready${why}`, 'Repair it first. flux_diagnose names the cause.')];
}
