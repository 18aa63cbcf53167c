import { textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { isSettled } from '../pod-view.ts';
import { conditionIs } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { evidence, plain, recognised, textRules, type Family, type Finding, type TextRule } from '../rule.ts';
import { getStep, listStep } from '../steps.ts';

const reads = 'Pod status.conditions[PodScheduled]';

const rule = textRules(reads);

/**
 * A node can be unsuitable for each of these. The first rule that fits names the cause: a taint or a label usually
 * belongs to nodes that are not meant for the pod, while those that are meant are full.
 */
const RULES: readonly TextRule[] = [
  rule(
    'claim-missing',
    /persistentvolumeclaim "[^"]+" not found/,
    'The pod names a PersistentVolumeClaim that does not exist.',
    'Create the claim, or correct its name.',
  ),
  rule(
    'claim-unbound',
    /unbound immediate PersistentVolumeClaims/,
    'The pod waits for a PersistentVolumeClaim that is not bound.',
    'Look at the claim.',
    true,
  ),
  rule(
    'unschedulable-resources',
    /Insufficient [\w./-]+|Too many pods/,
    'No suitable node has enough free resources for what the pod requests.',
    'Lower the requests, free resources, or add a node.',
  ),
  rule(
    'unschedulable-ports',
    /didn't have free ports/,
    'The host port of the pod is taken on every suitable node.',
    'Remove hostPort, or add a node.',
  ),
  rule(
    'unschedulable-pod-affinity',
    /pod (anti-)?affinity|existing pods anti-affinity/,
    'No node fits the affinity of the pod to other pods.',
    'Relax podAffinity or podAntiAffinity, or add a node.',
  ),
  rule(
    'unschedulable-spread',
    /topology spread/,
    'No node fits the topology spread constraints of the pod.',
    'Relax the constraints, or add nodes in the missing topology.',
  ),
  rule(
    'volume-node-conflict',
    /volume node affinity conflict/,
    'The volume of the pod belongs to another node or zone.',
    'Let the pod run where its volume is, or use another volume.',
  ),
  rule(
    'unschedulable-affinity',
    /didn't match (Pod's )?node affinity\/selector|didn't match node selector/,
    'No node has the labels that the pod asks for.',
    'Correct nodeSelector or nodeAffinity, or label a node.',
  ),
  rule(
    'node-cordoned',
    /were unschedulable/,
    'The suitable nodes are cordoned.',
    'Allow pods on a node again (k8s_uncordon), or add a node.',
  ),
  rule(
    'nodes-not-ready',
    /untolerated taint(\(s\))? \{node\.kubernetes\.io\/(not-ready|unreachable|\w+-pressure|network-unavailable)/,
    'The nodes are not ready.',
    'Look at the nodes.',
  ),
  rule(
    'unschedulable-taint',
    /untolerated taint/,
    'Every suitable node has a taint that the pod does not tolerate.',
    'Add a toleration, or remove the taint.',
  ),
  rule('no-nodes', /no nodes available|0\/0 nodes/, 'The cluster has no node.', 'Add a node.'),
];

const GATED = {
  name: 'scheduling-gated',
  means: 'The pod has a scheduling gate that nobody has removed.',
  reads: 'Pod status.conditions[PodScheduled], spec.schedulingGates',
  next: 'Look at the controller that sets and removes the gate.',
};
const OTHER = {
  name: 'unschedulable',
  means: 'The scheduler finds no node for another reason, which it gives as a text.',
  reads,
  next: 'Read the text of the scheduler.',
};

export const scheduling: Family = {
  name: 'Scheduling',
  kinds: ['Pod'],
  rules: [...RULES, GATED, OTHER],
  find(pod) {
    const unscheduled = conditionIs(pod, 'PodScheduled', 'False');
    return !unscheduled || isSettled(pod) ? [] : [found(pod, unscheduled)];
  },
};

function found(pod: ApiObject, condition: ApiObject): Finding {
  const [reason, message] = [textAt(condition, 'reason') ?? '', textAt(condition, 'message') ?? ''];
  // What preemption would do repeats the reasons in other words.
  const own = message.split('preemption:')[0] ?? '';
  const rule = reason === 'SchedulingGated' ? GATED : (recognised(RULES, own) ?? OTHER);
  return {
    rule,
    object: pod,
    summary: `No node takes the pod: ${plain(own, 250)}`,
    evidence: [evidence(pod, 'status.conditions[PodScheduled]', `${reason}: ${message}`)],
    step: STEPS[rule.name]?.(pod) ?? listStep('Node', ''),
  };
}

const STEPS: Readonly<Record<string, (pod: ApiObject) => Finding['step']>> = {
  'claim-missing': (pod) => listStep('PersistentVolumeClaim', '', textAt(pod, 'metadata', 'namespace')),
  'claim-unbound': (pod) => listStep('PersistentVolumeClaim', '', textAt(pod, 'metadata', 'namespace')),
  'scheduling-gated': (pod) => getStep(refOf(pod), 'spec.schedulingGates'),
  'unschedulable-affinity': (pod) => getStep(refOf(pod), 'spec'),
};
