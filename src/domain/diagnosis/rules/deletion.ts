import { metaOf, recordsAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { evidence, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { describeObject, getStep } from '../steps.ts';

const FINALIZER: Rule = {
  name: 'finalizer-stuck',
  means: 'The object is being deleted, and a finalizer keeps it. Its controller has not removed it.',
  reads: 'metadata.deletionTimestamp, metadata.finalizers of every kind',
  next: 'Look at the controller of the finalizer. Removing it by hand leaves behind what it protects.',
};
const CLAIM: Rule = {
  name: 'claim-in-use',
  means: 'The claim is being deleted, and a pod still uses it.',
  reads: 'PersistentVolumeClaim metadata.finalizers; Pod spec.volumes',
  next: 'Delete the pod, or wait until it ends.',
};
const CONTENT: Rule = {
  name: 'namespace-not-empty',
  means: 'The namespace is being deleted, and objects in it still exist.',
  reads: 'Namespace status.conditions',
  next: 'Look at the objects that the condition names.',
  consequence: true,
};
const DISCOVERY: Rule = {
  name: 'namespace-discovery',
  means: 'The namespace cannot be deleted because an aggregated API does not answer.',
  reads: 'Namespace status.conditions[NamespaceDeletionDiscoveryFailure]',
  next: 'Repair or delete the APIService that the condition names.',
};
const POD: Rule = {
  name: 'pod-not-ending',
  means: 'The pod was deleted and should have ended, and its kubelet has not confirmed that.',
  reads: 'Pod metadata.deletionTimestamp, spec.nodeName',
  next: 'Look at the node of the pod.',
};

/** A deletion usually takes less. */
const STUCK_MS = 30_000;

export const deletion: Family = {
  name: 'Deletions',
  kinds: ['*'],
  rules: [FINALIZER, CLAIM, CONTENT, DISCOVERY, POD],
  find(object, facts) {
    const { deletionTimestamp: since, finalizers = [] } = metaOf(object);
    if (since === undefined || facts.now - Date.parse(since) < STUCK_MS) return [];
    if (object['kind'] === 'Namespace') return namespace(object);
    if (object['kind'] === 'PersistentVolumeClaim' && finalizers.includes('kubernetes.io/pvc-protection')) {
      const used = usedBy(object, facts);
      if (used) return [inUse(object, used)];
    }
    if (finalizers.length > 0) return [stuck(object, since, finalizers)];
    return object['kind'] === 'Pod' ? [notEnding(object, since)] : [];
  },
};

function stuck(object: ApiObject, since: string, finalizers: readonly string[]): Finding {
  return {
    rule: FINALIZER,
    object,
    summary: `Its deletion began at ${since}, and waits for ${finalizers.join(', ')}.`,
    evidence: [
      evidence(object, 'metadata.deletionTimestamp', since),
      evidence(object, 'metadata.finalizers', finalizers.join(', ')),
    ],
    step: getStep(refOf(object), 'metadata'),
  };
}

function usedBy(claim: ApiObject, facts: Facts): ApiObject | undefined {
  const { namespace: place, name } = metaOf(claim);
  return facts
    .list({ kind: 'Pod', group: '', namespace: place })
    .find((pod) => claimsOf(pod).includes(name) && textAt(pod, 'status', 'phase') !== 'Succeeded');
}

/** The names of the claims that a pod mounts. */
export function claimsOf(pod: ApiObject): readonly string[] {
  return recordsAt(pod, 'spec', 'volumes').flatMap((one) => textAt(one, 'persistentVolumeClaim', 'claimName') ?? []);
}

function inUse(claim: ApiObject, pod: ApiObject): Finding {
  return {
    rule: CLAIM,
    object: claim,
    summary: `It is being deleted, and Pod ${metaOf(pod).name} still uses it.`,
    evidence: [
      evidence(claim, 'metadata.finalizers', 'kubernetes.io/pvc-protection'),
      evidence(pod, 'spec.volumes[].persistentVolumeClaim.claimName', metaOf(claim).name),
    ],
    step: describeObject(pod),
  };
}

function namespace(object: ApiObject): readonly Finding[] {
  const conditions = recordsAt(object, 'status', 'conditions').filter(({ status }) => status === 'True');
  const failing = conditions.find(({ type }) => type === 'NamespaceDeletionDiscoveryFailure');
  const remaining = conditions.filter(({ type }) => /^Namespace(Content|Finalizers)Remaining$/.test(String(type)));
  const proof = (all: readonly ApiObject[]) =>
    all.map((one) => evidence(object, `status.conditions[${String(one['type'])}]`, textAt(one, 'message') ?? ''));
  return [
    ...(failing ? [finding(DISCOVERY, object, proof([failing]))] : []),
    ...(remaining.length > 0 ? [finding(CONTENT, object, proof(remaining))] : []),
  ];
}

function finding(rule: Rule, object: ApiObject, proof: Finding['evidence']): Finding {
  const words = proof.map(({ value }) => value).join(' ');
  return { rule, object, summary: `${rule.means} ${plain(words, 200)}`, evidence: proof, step: describeObject(object) };
}

function notEnding(pod: ApiObject, since: string): Finding {
  const node = textAt(pod, 'spec', 'nodeName');
  return {
    rule: POD,
    object: pod,
    summary: `It should have ended at ${since}, and is still there${node === undefined ? '' : ` on node ${node}`}.`,
    evidence: [evidence(pod, 'metadata.deletionTimestamp', since), evidence(pod, 'spec.nodeName', node ?? 'none')],
    step: describeObject(pod),
  };
}
