import { metaOf, numberAt, textAt, recordAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { conditionIs } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { evidence, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { describeObject, getStep } from '../steps.ts';

const reads = 'PodDisruptionBudget spec.minAvailable, spec.maxUnavailable, status';

const NEVER: Rule = {
  name: 'budget-forbids-every-eviction',
  means: 'All pods are healthy, and the budget still allows none to be evicted. A drain of their node never ends.',
  reads,
  next: 'Lower minAvailable or raise maxUnavailable, or run more pods.',
};
const NOW: Rule = {
  name: 'budget-used-up',
  means: 'So many pods are unhealthy that the budget allows no eviction.',
  reads,
  next: 'Look at the unhealthy pods.',
  consequence: true,
};
const UNKNOWN: Rule = {
  name: 'budget-not-computed',
  means: 'The controller cannot compute the budget, so every eviction is refused.',
  reads: 'PodDisruptionBudget status.conditions[DisruptionAllowed]',
  next: 'Read the text of the condition.',
};

export const disruption: Family = {
  name: 'Disruption budgets',
  kinds: ['PodDisruptionBudget'],
  rules: [NEVER, NOW, UNKNOWN],
  find(budget) {
    const failed = conditionIs(budget, 'DisruptionAllowed', 'False');
    if (failed?.['reason'] === 'SyncFailed') return [notComputed(budget, failed)];
    const count = (field: string) => numberAt(budget, 'status', field) ?? 0;
    if (metaOf(budget).deletionTimestamp !== undefined || count('expectedPods') === 0) return [];
    if (count('disruptionsAllowed') > 0 || numberAt(budget, 'status', 'observedGeneration') === undefined) return [];
    return [blocked(budget, count('currentHealthy'), count('expectedPods'), count('desiredHealthy'))];
  },
};

function blocked(budget: ApiObject, healthy: number, expected: number, desired: number): Finding {
  const rule = healthy >= expected ? NEVER : NOW;
  const spec = recordAt(budget, 'spec');
  const asked = ['minAvailable', 'maxUnavailable'].flatMap((field) =>
    spec[field] === undefined ? [] : [evidence(budget, `spec.${field}`, spec[field])],
  );
  return {
    rule,
    object: budget,
    summary: `${healthy} of ${expected} pods are healthy, ${desired} have to be, so none may be evicted.`,
    evidence: [
      ...asked,
      evidence(budget, 'status', `disruptionsAllowed: 0, currentHealthy: ${healthy}, desiredHealthy: ${desired}`),
    ],
    step: getStep(refOf(budget), 'spec'),
  };
}

function notComputed(budget: ApiObject, condition: ApiObject): Finding {
  const message = textAt(condition, 'message') ?? '';
  return {
    rule: UNKNOWN,
    object: budget,
    summary: `${UNKNOWN.means} ${plain(message, 200)}`,
    evidence: [evidence(budget, 'status.conditions[DisruptionAllowed]', `SyncFailed: ${message}`)],
    step: describeObject(budget),
  };
}
