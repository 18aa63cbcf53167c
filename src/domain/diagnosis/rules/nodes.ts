import { textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { isSettled } from '../pod-view.ts';
import { condition, conditionText } from '../../cluster-objects/conditions.ts';
import { evidence, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { describeObject } from '../steps.ts';

const NOT_READY: Rule = {
  name: 'node-not-ready',
  means: 'The node of the pod is not ready.',
  reads: 'Node status.conditions[Ready]',
  next: 'Look at the kubelet and the network of the node.',
};
const EVICTED: Rule = {
  name: 'pod-evicted',
  means: 'The kubelet has evicted the pod because the node lacked a resource.',
  reads: 'Pod status.reason, status.message',
  next: 'Set requests and limits that fit, or free the resource on the node.',
};

export const nodes: Family = {
  name: 'Nodes',
  kinds: ['Node', 'Pod'],
  rules: [NOT_READY, EVICTED],
  find: (object) => (object['kind'] === 'Node' ? notReady(object) : evicted(object)),
};

function notReady(node: ApiObject): readonly Finding[] {
  const ready = condition(node, 'Ready');
  if (!ready || ready['status'] === 'True') return [];
  const text = conditionText(ready);
  return [
    {
      rule: NOT_READY,
      object: node,
      summary: `${NOT_READY.means} ${plain(text, 200)}`,
      evidence: [evidence(node, 'status.conditions[Ready]', `${String(ready['status'])}: ${text}`)],
      step: describeObject(node),
    },
  ];
}

function evicted(pod: ApiObject): readonly Finding[] {
  if (isSettled(pod) || textAt(pod, 'status', 'reason') !== 'Evicted') return [];
  const message = textAt(pod, 'status', 'message') ?? '';
  return [
    {
      rule: EVICTED,
      object: pod,
      summary: `It was evicted: ${plain(message, 200)}`,
      evidence: [evidence(pod, 'status', `Evicted: ${message}`)],
      step: describeObject(pod),
    },
  ];
}
