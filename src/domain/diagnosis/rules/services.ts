import { plural } from '../../plural.ts';
import { POD_HASH_LABEL } from '../../rollout.ts';
import { metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { textRecord } from '../../cluster-objects/references.ts';
import { hasLabels, selectorText, type Facts, type Labels } from '../facts.ts';
import { groupOfKind, WORKLOADS } from '../kinds.ts';
import { isReady } from '../pod-view.ts';
import { evidence, type Family, type Finding, type Rule } from '../rule.ts';
import { titleOf, refOf } from '../../cluster-objects/object-ref.ts';
import { getStep, listStep } from '../steps.ts';
import { isScaledToZero } from './workloads.ts';

const reads = 'Service spec.selector and spec.ports; the labels, ports and conditions of the pods';

const MISMATCH: Rule = {
  name: 'selector-mismatch',
  means: 'No pod and no workload has the labels that the Service selects.',
  reads,
  next: 'Correct spec.selector of the Service, or the labels of the pods.',
};
const ZERO: Rule = {
  name: 'scaled-to-zero',
  means: 'The workload behind the Service is scaled to no pods.',
  reads: 'Deployment, StatefulSet and Rollout spec.replicas',
  next: 'Scale the workload up (k8s_scale).',
};
const NONE_READY: Rule = {
  name: 'no-ready-endpoints',
  means: 'The Service has no ready pod.',
  reads,
  next: 'Look at the pods.',
  consequence: true,
};
const PORT: Rule = {
  name: 'target-port-unknown',
  means: 'The Service names a target port that no container of its pods has.',
  reads,
  next: 'Correct targetPort of the Service, or name the port in the container.',
};

export const services: Family = {
  name: 'Services',
  kinds: ['Service'],
  rules: [MISMATCH, ZERO, NONE_READY, PORT],
  find(service, facts) {
    const selector = selectorOf(service);
    if (Object.keys(selector).length === 0) return [];
    const pods = podsOf(service, facts);
    if (pods.length === 0) return withoutPods(service, selector, facts);
    return [...(pods.some(isReady) ? [] : [noneReady(service, pods)]), ...unknownPorts(service, pods)];
  },
};

export function selectorOf(service: ApiObject): Labels {
  return textRecord(recordAt(service, 'spec', 'selector'));
}

/** The pods that a Service selects and that are not going away. */
export function podsOf(service: ApiObject, facts: Facts): readonly ApiObject[] {
  const { namespace } = metaOf(service);
  return facts
    .list({ kind: 'Pod', group: '', namespace, selector: selectorOf(service) })
    .filter((pod) => metaOf(pod).deletionTimestamp === undefined && !isFinished(pod));
}

const isFinished = (pod: ApiObject): boolean => ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');

/** The workloads whose pods a Service would select. */
export function workloadsBehind(service: ApiObject, facts: Facts): readonly ApiObject[] {
  return workloadsIn(service, facts).filter((one) => hasLabels(labelsOf(one), ownKeys(service)));
}

/** Argo Rollouts adds the label of a version to the selectors of its Services. No template has it. */
export function ownKeys(service: ApiObject): Labels {
  const { [POD_HASH_LABEL]: _, ...own } = selectorOf(service);
  return own;
}

function workloadsIn(service: ApiObject, facts: Facts): readonly ApiObject[] {
  const { namespace } = metaOf(service);
  return WORKLOADS.flatMap((kind) => facts.list({ kind, group: groupOfKind(kind), namespace }));
}

export function labelsOf(workload: ApiObject): Labels {
  return textRecord(recordAt(workload, 'spec', 'template', 'metadata', 'labels'));
}

function withoutPods(service: ApiObject, selector: Labels, facts: Facts): readonly Finding[] {
  const { namespace } = metaOf(service);
  const known = facts.isComplete({ kind: 'Pod', group: '', namespace, selector });
  const behind = workloadsBehind(service, facts);
  const kinds = WORKLOADS.every((kind) => facts.isComplete({ kind, group: groupOfKind(kind), namespace }));
  if (!known || !kinds) return [];
  if (behind.length === 0) return [mismatch(service, selector, facts)];
  const [zero] = behind.filter(isScaledToZero);
  return zero && behind.every(isScaledToZero) ? [scaled(service, zero)] : [noneReady(service, [])];
}

function mismatch(service: ApiObject, selector: Labels, facts: Facts): Finding {
  const { namespace } = metaOf(service);
  const near = nearest(service, selector, facts);
  return {
    rule: MISMATCH,
    object: service,
    summary: `It selects ${selectorText(selector)}, and no pod has these labels.${
      near ? ` The pods of ${titleOf(near)} have ${selectorText(labelsOf(near))}.` : ''
    }`,
    evidence: [
      evidence(service, 'spec.selector', selectorText(selector)),
      ...(near ? [evidence(near, 'spec.template.metadata.labels', selectorText(labelsOf(near)))] : []),
    ],
    step: listStep('Pod', '', namespace),
  };
}

/** The workload of the same name, or the one that shares a label or the key of a label. */
function nearest(service: ApiObject, selector: Labels, facts: Facts): ApiObject | undefined {
  const workloads = workloadsIn(service, facts);
  const shares = (one: ApiObject) => Object.entries(selector).filter(([key, value]) => labelsOf(one)[key] === value);
  return (
    workloads.find((one) => shares(one).length > 0) ??
    workloads.find((one) => metaOf(one).name === metaOf(service).name) ??
    (workloads.length === 1 ? workloads[0] : undefined)
  );
}

function scaled(service: ApiObject, workload: ApiObject): Finding {
  return {
    rule: ZERO,
    object: workload,
    summary: `It is scaled to no pods, and ${titleOf(service)} has no other pods.`,
    evidence: [
      evidence(workload, 'spec.replicas', '0'),
      evidence(service, 'spec.selector', selectorText(selectorOf(service))),
    ],
    step: getStep(refOf(workload), 'spec.replicas'),
  };
}

function noneReady(service: ApiObject, pods: readonly ApiObject[]): Finding {
  const { namespace } = metaOf(service);
  return {
    rule: NONE_READY,
    object: service,
    summary: pods.length === 0 ? 'It has no pods.' : `${plural(pods.length, 'pod')}, and none is ready.`,
    evidence: [
      evidence(
        service,
        'spec.selector',
        `${selectorText(selectorOf(service))}: ${plural(pods.length, 'pod')}, 0 ready`,
      ),
    ],
    step: listStep('Pod', '', namespace, selectorOf(service)),
  };
}

/** Only a named port can be unknown: a container accepts connections on numbers that it does not declare. */
function unknownPorts(service: ApiObject, pods: readonly ApiObject[]): readonly Finding[] {
  const declared = new Set(
    pods.flatMap((pod) =>
      ['containers', 'initContainers'].flatMap((list) =>
        recordsAt(pod, 'spec', list).flatMap((one) =>
          recordsAt(one, 'ports').flatMap((port) => textAt(port, 'name') ?? []),
        ),
      ),
    ),
  );
  return recordsAt(service, 'spec', 'ports').flatMap(({ targetPort, port }) =>
    typeof targetPort !== 'string' || declared.has(targetPort)
      ? []
      : [
          {
            rule: PORT,
            object: service,
            summary: `Port ${String(port)} leads to the port named ${targetPort}, and its pods have ${
              declared.size === 0 ? 'no named ports' : [...declared].join(', ')
            }.`,
            evidence: [
              evidence(service, 'spec.ports[].targetPort', targetPort),
              ...pods
                .slice(0, 1)
                .map((pod) => evidence(pod, 'spec.containers[].ports[].name', [...declared].join(', ') || 'none')),
            ],
            step: getStep(refOf(service), 'spec.ports'),
          },
        ],
  );
}
