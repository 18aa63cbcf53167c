import { metaOf, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { isSettled } from '../pod-view.ts';
import { evidence, plain, recognised, type Family, type Finding, type Rule, type TextRule } from '../rule.ts';
import { describeObject, listStep } from '../steps.ts';
import { isCreating } from './configuration.ts';

const podReads = 'Pod events FailedMount, FailedAttachVolume and FailedCreatePodSandBox';
const claimReads = 'PersistentVolumeClaim status.phase, and its events';

const CREATING: readonly TextRule[] = [
  {
    name: 'volume-in-use',
    means: 'A volume for one node is still attached to another node.',
    reads: podReads,
    next: 'End the pod on the other node, or use a volume for several nodes.',
    pattern: /Multi-Attach error/,
  },
  {
    name: 'pod-sandbox',
    means: 'The runtime cannot set up the pod, for example its network.',
    reads: podReads,
    next: 'Look at the network plugin on the node.',
    pattern: /^FailedCreatePodSandBox/,
  },
  {
    name: 'service-account-missing',
    means: 'The pod names a ServiceAccount that does not exist.',
    reads: podReads,
    next: 'Create the ServiceAccount, or correct its name.',
    pattern: /service ?accounts? "[^"]+" not found/i,
  },
  {
    name: 'volume-mount',
    means: 'A volume of the pod cannot be attached or mounted.',
    reads: podReads,
    next: 'Read the text of the kubelet, and look at the volume.',
    pattern: /^Failed(Mount|AttachVolume): (?!.*(configmaps?|secrets?) "|.*non-existent (config|secret) key)/i,
  },
];

const CLAIM: readonly TextRule[] = [
  {
    name: 'storage-class-missing',
    means: 'The claim names a StorageClass that does not exist.',
    reads: claimReads,
    next: 'Correct storageClassName, or create the class.',
    pattern: /storageclass\S* "[^"]+" not found/i,
  },
  {
    name: 'claim-no-volume',
    means: 'The claim names no StorageClass, and there is no volume that fits it.',
    reads: claimReads,
    next: 'Name a StorageClass, or create a PersistentVolume.',
    pattern: /no persistent volumes available for this claim and no storage class is set/,
  },
  {
    name: 'claim-provisioning',
    means: 'The provisioner cannot make a volume for the claim.',
    reads: claimReads,
    next: 'Read the text of the provisioner.',
    pattern: /^ProvisioningFailed/,
  },
  {
    name: 'claim-waits-for-provisioner',
    means: 'The claim waits for a provisioner that is outside of Kubernetes, and has not made a volume.',
    reads: claimReads,
    next: 'Look at the pods of the provisioner.',
    pattern: /^ExternalProvisioning/,
  },
];

const LOST: Rule = {
  name: 'claim-lost',
  means: 'The volume of the claim does not exist any more.',
  reads: claimReads,
  next: 'Restore the volume, or make a new claim.',
};

export const volumes: Family = {
  name: 'Volumes',
  kinds: ['Pod', 'PersistentVolumeClaim'],
  rules: [...CREATING, ...CLAIM, LOST],
  find: (object, facts) => (object['kind'] === 'Pod' ? ofPod(object, facts) : ofClaim(object, facts)),
};

const EVENTS = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox'];

function ofPod(pod: ApiObject, facts: Facts): readonly Finding[] {
  if (isSettled(pod) || !isCreating(pod)) return [];
  const texts = facts
    .events(pod)
    .filter(({ reason }) => EVENTS.includes(reason))
    .map(({ reason, message }) => `${reason}: ${message}`);
  const [found] = texts.flatMap((text) => {
    const rule = recognised(CREATING, text);
    return rule ? [{ rule, text }] : [];
  });
  if (!found) return [];
  const { namespace } = metaOf(pod);
  const step =
    found.rule.name === 'service-account-missing' ? listStep('ServiceAccount', '', namespace) : describeObject(pod);
  return [finding(found.rule, pod, found.text, [evidence(pod, 'events', found.text)], step)];
}

function ofClaim(claim: ApiObject, facts: Facts): readonly Finding[] {
  const phase = textAt(claim, 'status', 'phase');
  const proof = evidence(claim, 'status.phase', phase);
  if (phase === 'Lost') return [finding(LOST, claim, LOST.means, [proof], describeObject(claim))];
  if (phase !== 'Pending' || metaOf(claim).deletionTimestamp !== undefined) return [];
  const [newest] = facts.events(claim).filter(({ reason }) => reason !== 'WaitForFirstConsumer');
  const text = newest ? `${newest.reason}: ${newest.message}` : '';
  const rule = recognised(CLAIM, text);
  if (!rule) return missingClass(claim, facts, proof);
  return [finding(rule, claim, text, [proof, evidence(claim, 'event', text)], classStep(claim))];
}

/** Events are kept for an hour only. The class itself shows the same. */
function missingClass(claim: ApiObject, facts: Facts, proof: Finding['evidence'][number]): readonly Finding[] {
  const name = textAt(claim, 'spec', 'storageClassName');
  if (!name || !facts.isAbsent({ kind: 'StorageClass', group: 'storage.k8s.io', name })) return [];
  const [rule] = CLAIM;
  const text = `StorageClass "${name}" does not exist.`;
  return rule
    ? [finding(rule, claim, text, [proof, evidence(claim, 'spec.storageClassName', name)], classStep(claim))]
    : [];
}

function classStep(claim: ApiObject): Finding['step'] {
  return textAt(claim, 'spec', 'storageClassName') === undefined
    ? describeObject(claim)
    : listStep('StorageClass', 'storage.k8s.io');
}

function finding(
  rule: Rule,
  object: ApiObject,
  text: string,
  proof: Finding['evidence'],
  step: Finding['step'],
): Finding {
  return { rule, object, summary: plain(text, 250), evidence: proof, step };
}
