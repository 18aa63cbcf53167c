import { metaOf, numberAt, recordAt, valueAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { workloadState } from '../../domain/cluster-objects/workload-state.ts';
import { conversionOf } from '../../domain/conversion/marks.ts';
import { SluiceError } from '../../domain/errors.ts';
import { textOf } from './chosen-service.ts';
import { notConvertible } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The Rollout of a conversion that was begun. Undefined if there is none, and the Deployment can be converted. Errors:
 * NOT_APPLICABLE, ALREADY_EXISTS.
 */
export function begunRollout(found: Surroundings): ApiObject | undefined {
  const { deployment, rollouts } = found;
  const { name } = metaOf(deployment);
  const text = textOf(deployment);
  const referring = rollouts.filter((one) => takesTemplateOf(one, name));
  const begun = referring.find((one) => conversionOf(one)?.deployment === name);
  if (begun) return begun;
  const [other] = referring;
  if (other)
    throw notConvertible(
      `${textOf(other)} takes its template from ${text} already (spec.workloadRef).`,
      `There is nothing to convert: call release_plan for ${textOf(other)}.`,
    );
  const namesake = rollouts.find((one) => metaOf(one).name === name);
  if (namesake)
    throw new SluiceError('ALREADY_EXISTS', `${textOf(namesake)} exists already. Nothing was changed.`, {
      next: `Delete it with argo_delete_rollout if nobody uses it, or release it, and scale ${text} down.`,
    });
  requireFit(deployment);
  return undefined;
}

export function takesTemplateOf(rollout: ApiObject, deployment: string): boolean {
  const { kind, name } = recordAt(rollout, 'spec', 'workloadRef');
  return kind === 'Deployment' && name === deployment;
}

/** Errors: NOT_APPLICABLE. */
function requireFit(deployment: ApiObject): void {
  const text = textOf(deployment);
  requireUnpaused(deployment);
  if ((numberAt(deployment, 'spec', 'replicas') ?? 1) === 0)
    throw notConvertible(`${text} has no pods.`, `Set spec.replicas of ${text} to 1 or more (k8s_scale).`);
  const owner = (metaOf(deployment).ownerReferences ?? []).find(({ controller }) => controller === true);
  if (owner)
    throw notConvertible(
      `${text} is made by ${owner.kind} ${owner.name}, whose controller would start its pods again.`,
      `Make the change in ${owner.kind} ${owner.name}.`,
    );
  const state = workloadState(deployment);
  if (state?.state !== 'complete')
    throw notConvertible(
      `${text} is not complete: ${state?.message ?? 'its state is unknown.'}`,
      'Call k8s_rollout_status until it is complete, or k8s_rollout_undo, and plan again.',
    );
}

/** Errors: NOT_APPLICABLE. */
export function requireUnpaused(deployment: ApiObject): void {
  if (valueAt(deployment, ['spec', 'paused']) !== true) return;
  throw notConvertible(
    `${textOf(deployment)} is paused, so its pods can have another template than it says.`,
    'Set spec.paused: false (kubectl rollout resume), and wait until it is complete.',
  );
}

/**
 * The autoscalers that set the number of pods of a workload. Errors: NOT_APPLICABLE for one that is made from another
 * object.
 */
export function autoscalersOf(
  autoscalers: readonly ApiObject[],
  kind: string,
  name: string,
  next: object,
): readonly ApiObject[] {
  const own = autoscalers.filter((one) => {
    const target = recordAt(one, 'spec', 'scaleTargetRef');
    return target['kind'] === kind && target['name'] === name;
  });
  for (const one of own) {
    const owner = (metaOf(one).ownerReferences ?? []).find(({ controller }) => controller === true);
    if (owner)
      throw notConvertible(
        `${textOf(one)} is made from ${owner.kind} ${owner.name}, which would put its target back.`,
        `Set spec.scaleTargetRef of ${owner.kind} ${owner.name} to ${JSON.stringify(next)} after the conversion, and remove it until then.`,
      );
  }
  return own;
}

/** An object of a conversion, or a name that is free. Errors: ALREADY_EXISTS. */
export function ownOrFree(objects: readonly ApiObject[], name: string, deployment: string): ApiObject | undefined {
  const object = objects.find((one) => metaOf(one).name === name);
  if (!object || conversionOf(object)?.deployment === deployment) return object;
  throw new SluiceError(
    'ALREADY_EXISTS',
    `${textOf(object)} exists already, and the conversion needs this name. Nothing was changed.`,
    {
      next: `Look at it with k8s_get, delete it if nobody uses it, and plan again.`,
    },
  );
}
