import { metaOf, numberAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { conditionIs } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import {
  evidence,
  plain,
  recognised,
  textRules,
  type Evidence,
  type Family,
  type Finding,
  type TextRule,
} from '../rule.ts';
import { describeObject, describeStep, getStep, listStep } from '../steps.ts';

const rule = textRules(
  'ReplicaSet and Rollout status.conditions[ReplicaFailure]; events FailedCreate of what creates pods',
);

const RULES: readonly TextRule[] = [
  rule(
    'quota-exceeded',
    /exceeded quota: ([^,\s]+)/,
    'The ResourceQuota of the namespace does not allow another pod of this size.',
    'Raise the quota, lower the requests, or end other pods.',
  ),
  rule(
    'quota-needs-limits',
    /failed quota: ([^:\s]+): must specify/,
    'The ResourceQuota of the namespace asks for requests or limits that the pod does not have.',
    'Add resources to every container.',
  ),
  rule(
    'limit-range',
    /(maximum|minimum) \S+ usage per (Pod|Container) is|limit to request ratio/,
    'A LimitRange of the namespace forbids the resources of the pod.',
    'Change the resources of the container, or the LimitRange.',
  ),
  rule(
    'pod-security',
    /violates PodSecurity "([^"]+)"/,
    'The Pod Security Standard of the namespace forbids the pod.',
    'Change the security context of the pod, or the label of the namespace.',
  ),
  rule(
    'service-account-missing',
    /error looking up service account|serviceaccounts? "[^"]+" not found/i,
    'The pod names a ServiceAccount that does not exist.',
    'Create the ServiceAccount, or correct its name.',
  ),
  rule(
    'admission-policy',
    /ValidatingAdmissionPolicy '([^']+)'/,
    'An admission policy of the cluster refuses the pod.',
    'Change the pod, or the policy.',
  ),
  rule(
    'admission-webhook-away',
    /failed calling webhook|failed to call webhook/,
    'An admission webhook does not answer, so no pod can be created.',
    'Repair the service behind the webhook.',
  ),
  rule(
    'admission-webhook',
    /admission webhook "([^"]+)" denied the request/,
    'An admission webhook refuses the pod.',
    'Change what the webhook names.',
  ),
  rule(
    'priority-class-missing',
    /no PriorityClass with name/,
    'The pod names a PriorityClass that does not exist.',
    'Correct priorityClassName, or create the class.',
  ),
  rule(
    'pods-refused',
    /./,
    'The API server refuses the pods for another reason, which it gives as a text.',
    'Read the text of the API server.',
  ),
];

export const creation: Family = {
  name: 'Pods that are not created',
  kinds: ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'],
  rules: RULES,
  find(object, facts) {
    const refusal = lacksPods(object) ? refusalOf(object, facts) : undefined;
    return refusal ? [found(object, refusal)] : [];
  },
};

function lacksPods(object: ApiObject): boolean {
  const status = (field: string) => numberAt(object, 'status', field) ?? 0;
  const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
  if (object['kind'] === 'DaemonSet') return status('currentNumberScheduled') < status('desiredNumberScheduled');
  if (object['kind'] === 'Job')
    return !conditionIs(object, 'Complete', 'True') && status('active') + status('succeeded') < 1;
  return status('replicas') < replicas;
}

/** What the controller could not create, from its condition or from its newest event. */
function refusalOf(object: ApiObject, facts: Facts): Evidence | undefined {
  const failure = conditionIs(object, 'ReplicaFailure', 'True');
  if (failure) return evidence(object, 'status.conditions[ReplicaFailure]', textAt(failure, 'message') ?? '');
  if (object['kind'] === 'ReplicaSet' && numberAt(object, 'status', 'observedGeneration') === undefined)
    return undefined;
  const [newest] = facts
    .events(object)
    .filter(({ reason }) => reason === 'FailedCreate' || reason === 'SuccessfulCreate');
  return newest?.reason === 'FailedCreate' ? evidence(object, 'event FailedCreate', newest.message) : undefined;
}

function found(object: ApiObject, proof: Evidence): Finding {
  const kind = recognised(RULES, proof.value) as TextRule;
  return {
    rule: kind,
    object,
    summary: `The pods of ${proof.object} cannot be created: ${plain(proof.value, 250)}`,
    evidence: [proof],
    step: stepFor(kind, object, proof.value),
  };
}

function stepFor(kind: TextRule, object: ApiObject, text: string): Finding['step'] {
  const { namespace } = metaOf(object);
  const name = kind.pattern.exec(text)?.[1];
  if (kind.name.startsWith('quota-') && name !== undefined)
    return describeStep({ kind: 'ResourceQuota', group: '', namespace, name });
  if (kind.name === 'limit-range') return listStep('LimitRange', '', namespace);
  if (kind.name === 'service-account-missing') return listStep('ServiceAccount', '', namespace);
  if (kind.name === 'priority-class-missing') return listStep('PriorityClass', 'scheduling.k8s.io');
  if (kind.name === 'pod-security') return getStep(refOf(object), 'spec.template.spec');
  return describeObject(object);
}
