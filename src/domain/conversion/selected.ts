import { metaOf, recordAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { textRecord } from '../cluster-objects/references.ts';
import { POD_HASH_LABEL } from '../rollout.ts';

/** Argo writes this annotation on each Service that it steers. */
const STEERED_BY = 'argo-rollouts.argoproj.io/managed-by-rollouts';

/** The labels of the pods that a workload makes. */
export function podLabelsOf(workload: ApiObject): Readonly<Record<string, string>> {
  return textRecord(recordAt(workload, 'spec', 'template', 'metadata', 'labels'));
}

/** Whether a Service selects pods with these labels, of whatever version. */
export function selectsPods(service: ApiObject, labels: Readonly<Record<string, string>>): boolean {
  const selector = Object.entries(textRecord(recordAt(service, 'spec', 'selector'))).filter(
    ([key]) => key !== POD_HASH_LABEL,
  );
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** Whether a PodDisruptionBudget covers pods with these labels. Expressions are not evaluated: undefined. */
export function coversPods(budget: ApiObject, labels: Readonly<Record<string, string>>): boolean | undefined {
  const selector = recordAt(budget, 'spec', 'selector');
  if (selector['matchExpressions'] !== undefined) return undefined;
  return Object.entries(textRecord(recordAt(selector, 'matchLabels'))).every(([key, value]) => labels[key] === value);
}

/** The version in the selector of a Service. Undefined if it selects every version. */
export function versionSelectedBy(service: ApiObject): string | undefined {
  return textRecord(recordAt(service, 'spec', 'selector'))[POD_HASH_LABEL];
}

/** The Rollout that steers a Service. */
export function rolloutSteering(service: ApiObject): string | undefined {
  return metaOf(service).annotations?.[STEERED_BY];
}

/**
 * What Argo removes from a Service that its Rollout does not name any more. Source: argo-rollouts v1.10.1,
 * service/service.go.
 */
export function unsteeredOperations(service: ApiObject): readonly { readonly op: 'remove'; readonly path: string }[] {
  return [
    ...(versionSelectedBy(service) === undefined
      ? []
      : [{ op: 'remove', path: `/spec/selector/${POD_HASH_LABEL}` } as const]),
    ...(rolloutSteering(service) === undefined
      ? []
      : [{ op: 'remove', path: `/metadata/annotations/${STEERED_BY.replace('/', '~1')}` } as const]),
  ];
}
