import { plural } from '../plural.ts';
import type { RolloutFacts } from './preflight-facts.ts';
import { bad } from './preflight-checks.ts';
import type { Check } from './plan.ts';

/** The kind of a workloadRef that a release can change. */
const CHANGEABLE = 'Deployment';

/**
 * Why a release cannot change the template that the Rollout takes from another object. Undefined if it can, or if the
 * Rollout has its own template.
 */
export function workloadProblem({ workload }: Pick<RolloutFacts, 'workload'>): Check | undefined {
  if (!workload) return undefined;
  const { kind, name, replicas } = workload;
  if (kind !== CHANGEABLE)
    return bad(
      'image',
      `the Rollout takes its template from ${kind} ${name}, and a release changes Deployments only`,
      `Set spec.workloadRef.kind: ${CHANGEABLE} and spec.workloadRef.name, or move the template to spec.template of the Rollout.`,
    );
  if (replicas === undefined)
    return bad(
      'image',
      `${kind} ${name}, of which the Rollout takes its template, does not exist or cannot be read`,
      `Create it, correct spec.workloadRef.name, or grant the account to get deployments (deploy/rbac.yaml).`,
    );
  return replicas > 0 ? ownPods(name, replicas) : undefined;
}

/** Argo divides the traffic of the Rollout's pods only. Those of the Deployment change all at once. */
function ownPods(name: string, replicas: number): Check {
  return bad(
    'image',
    `${CHANGEABLE} ${name} runs ${plural(replicas, 'pod')} of its own beside the Rollout, which would get the new image at once and unjudged`,
    `Set spec.replicas: 0 of ${CHANGEABLE} ${name}.`,
  );
}
