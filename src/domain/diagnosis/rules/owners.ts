import { isRecord, metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { managersOf } from '../../cluster-objects/managing-tool.ts';
import type { Facts } from '../facts.ts';
import { appliedBy } from '../flux-refs.ts';
import { evidence, type Family, type Finding, type Rule } from '../rule.ts';
import { refTitle, titleOf, refOf } from '../../cluster-objects/object-ref.ts';
import { describeObject, getStep } from '../steps.ts';

const TOOLS: Rule = {
  name: 'two-owners',
  means: 'Two tools write the same object from sources of their own, so each undoes what the other does.',
  reads: 'labels and annotations of Helm, Flux and Argo CD; status.inventory of Kustomizations',
  next: 'Take the object out of one of the sources.',
};
const REPLICAS: Rule = {
  name: 'replicas-owned-twice',
  means: 'An autoscaler and the source of a GitOps tool both set the number of pods.',
  reads: 'metadata.managedFields of the workload; HorizontalPodAutoscaler spec.scaleTargetRef',
  next: 'Remove spec.replicas from the source.',
};
const TWO_SCALERS: Rule = {
  name: 'two-autoscalers',
  means: 'Two autoscalers scale the same workload.',
  reads: 'HorizontalPodAutoscaler spec.scaleTargetRef',
  next: 'Delete one of them.',
};

/** These write every field of their source again and again. */
const REVERTING = ['kustomize-controller', 'argocd-controller'];

export const owners: Family = {
  name: 'Owners',
  kinds: ['*'],
  rules: [TOOLS, REPLICAS, TWO_SCALERS],
  find: (object, facts) => [...byLabels(object), ...byInventory(object, facts), ...byScale(object, facts)],
};

function byLabels(object: ApiObject): readonly Finding[] {
  const managers = managersOf(object).filter(({ tool }) => tool !== 'controller');
  if (managers.length < 2) return [];
  const names = managers.map(({ tool, what }) => `${tool} (${what})`);
  const { labels, annotations } = metaOf(object);
  const marks = Object.entries({ ...labels, ...annotations }).filter(([key]) => /fluxcd|helm\.sh|argocd/.test(key));
  const proof = marks.map(([key, value]) => evidence(object, `metadata [${key}]`, value));
  return [finding(TOOLS, object, `${names.join(' and ')} write it.`, proof)];
}

/** An object can be in the inventories of two Kustomizations, while its label names the one that wrote it last. */
function byInventory(object: ApiObject, facts: Facts): readonly Finding[] {
  if (object['kind'] !== 'Kustomization') return [];
  const { namespace } = metaOf(object);
  const own = new Set(appliedBy(object).map(refTitle));
  if (own.size === 0) return [];
  const others = facts
    .list({ kind: 'Kustomization', group: 'kustomize.toolkit.fluxcd.io', namespace })
    .filter((other) => metaOf(other).name !== metaOf(object).name);
  return others.flatMap((other) => {
    const shared = appliedBy(other)
      .map(refTitle)
      .filter((title) => own.has(title));
    if (shared.length === 0) return [];
    const proof = [object, other].map((one) =>
      evidence(one, 'status.inventory.entries', shared.slice(0, 3).join(', ')),
    );
    return [finding(TOOLS, object, `${titleOf(other)} applies ${shared.length} of its objects too.`, proof)];
  });
}

function byScale(object: ApiObject, facts: Facts): readonly Finding[] {
  if (!['Deployment', 'StatefulSet', 'Rollout'].includes(String(object['kind']))) return [];
  const scalers = scalersOf(object, facts);
  const [first, second] = scalers;
  if (!first) return [];
  const target = (one: ApiObject) => evidence(one, 'spec.scaleTargetRef', titleOf(object));
  if (second)
    return [
      finding(TWO_SCALERS, object, `${titleOf(first)} and ${titleOf(second)} scale it.`, [
        target(first),
        target(second),
      ]),
    ];
  const manager = recordsAt(object, 'metadata', 'managedFields').find(
    (one) =>
      one['operation'] === 'Apply' &&
      REVERTING.includes(textAt(one, 'manager') ?? '') &&
      isRecord(recordAt(one, 'fieldsV1', 'f:spec')['f:replicas']),
  );
  if (!manager) return [];
  const name = textAt(manager, 'manager') ?? '';
  const proof = [evidence(object, 'metadata.managedFields', `${name} owns spec.replicas`), target(first)];
  return [finding(REPLICAS, object, `${name} sets spec.replicas, and ${titleOf(first)} changes it.`, proof)];
}

/** The autoscalers of a workload. */
export function scalersOf(object: ApiObject, facts: Facts): readonly ApiObject[] {
  const { namespace, name } = metaOf(object);
  return facts.list({ kind: 'HorizontalPodAutoscaler', group: 'autoscaling', namespace }).filter((one) => {
    const target = recordAt(one, 'spec', 'scaleTargetRef');
    return target['kind'] === object['kind'] && target['name'] === name;
  });
}

function finding(rule: Rule, object: ApiObject, summary: string, proof: Finding['evidence']): Finding {
  const step = rule === TOOLS ? describeObject(object) : getStep(refOf(object), 'spec.replicas');
  return { rule, object, summary, evidence: proof, step };
}
