import { isRecord, metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { hasLabels, type Facts, type Labels } from './facts.ts';
import { type ObjectRef, refOf } from '../cluster-objects/object-ref.ts';
import { appliedBy, dependenciesOf, fluxManagersOf, sourceRefOf } from './flux-refs.ts';
import { groupOfKind, ROOTS, WORKLOADS } from './kinds.ts';
import { isSettled } from './pod-view.ts';
import { claimsOf } from './rules/deletion.ts';
import { scalersOf } from './rules/owners.ts';
import { backendsOf } from './rules/routes.ts';
import { labelsOf, ownKeys, podsOf, selectorOf, workloadsBehind } from './rules/services.ts';

/** A kind of object, and the objects that it needs to work. */
type Relation = (object: ApiObject, facts: Facts) => readonly ApiObject[];

/** Of an inventory, the first of these are followed. */
const MAX_INVENTORY = 40;

const replicaSets: Relation = (owner, facts) =>
  ownedBy(owner, 'ReplicaSet', facts).filter((set) => (recordAt(set, 'spec')['replicas'] ?? 1) !== 0);
const ownPods: Relation = (owner, facts) => ownedBy(owner, 'Pod', facts);

const BELOW: Readonly<Record<string, Relation>> = {
  Deployment: replicaSets,
  Rollout: (rollout, facts) => [...replicaSets(rollout, facts), ...currentAnalysis(rollout, facts)],
  ReplicaSet: ownPods,
  StatefulSet: ownPods,
  DaemonSet: ownPods,
  Job: ownPods,
  CronJob: (cron, facts) => newest(ownedBy(cron, 'Job', facts)),
  Pod: (pod, facts) => (isSettled(pod) ? [] : [...claims(pod, facts), ...node(pod, facts)]),
  Service(service, facts) {
    if (Object.keys(selectorOf(service)).length === 0) return [];
    const pods = podsOf(service, facts);
    return pods.length > 0 ? pods : workloadsBehind(service, facts);
  },
  HorizontalPodAutoscaler(autoscaler, facts) {
    const { namespace } = metaOf(autoscaler);
    const { kind = '', name = '' } = recordAt(autoscaler, 'spec', 'scaleTargetRef') as { kind?: string; name?: string };
    return existing(facts, { kind, group: groupOfKind(kind), namespace, name });
  },
  PodDisruptionBudget(budget, facts) {
    const { namespace } = metaOf(budget);
    const selector = recordAt(budget, 'spec', 'selector', 'matchLabels') as Labels;
    return Object.keys(selector).length === 0 ? [] : facts.list({ kind: 'Pod', group: '', namespace, selector });
  },
  Kustomization: (object, facts) => [...before(object, facts), ...applied(object, facts)],
  HelmRelease: (object, facts) => [...before(object, facts), ...installed(object, facts)],
  HelmChart: (chart, facts) => before(chart, facts),
  Namespace: (namespace, facts) => (metaOf(namespace).deletionTimestamp === undefined ? [] : within(namespace, facts)),
};

/** The objects that have to work so that an object works. */
export function below(object: ApiObject, facts: Facts): readonly ApiObject[] {
  const routed = existing(facts, ...backendsOf(object).map(({ ref }) => ref));
  const read = BELOW[String(object['kind'])];
  return read ? [...routed, ...read(object, facts)] : routed;
}

function existing(facts: Facts, ...refs: readonly ObjectRef[]): readonly ApiObject[] {
  return refs.map((ref) => facts.object(ref)).filter((one): one is ApiObject => one !== undefined);
}

/** The objects around a workload that the walk begins with: what leads to it and what scales it. */
export function around(object: ApiObject, facts: Facts): readonly ApiObject[] {
  if (!(WORKLOADS as readonly string[]).includes(String(object['kind']))) return [];
  const { namespace } = metaOf(object);
  const labels = labelsOf(object);
  const leading = facts.list({ kind: 'Service', group: '', namespace }).filter((service) => {
    const selector = ownKeys(service);
    return Object.keys(selector).length > 0 && hasLabels(labels, selector);
  });
  return [...leading, ...scalersOf(object, facts)];
}

/** What applies an object. Nothing that it applies besides is followed. */
export function above(object: ApiObject, facts: Facts): readonly ApiObject[] {
  return existing(facts, ...fluxManagersOf(object));
}

/** What an object of Flux needs before it can be applied. */
export function before(object: ApiObject, facts: Facts): readonly ApiObject[] {
  const source = sourceRefOf(object);
  return existing(facts, ...(source ? [source] : []), ...dependenciesOf(object));
}

function applied(kustomization: ApiObject, facts: Facts): readonly ApiObject[] {
  const refs = appliedBy(kustomization).filter(({ kind }) => ROOTS.includes(kind));
  return existing(facts, ...refs.slice(0, MAX_INVENTORY));
}

/** helm-controller gives what it installs a label. */
function installed(release: ApiObject, facts: Facts): readonly ApiObject[] {
  const { namespace, name } = metaOf(release);
  const target = textAt(release, 'spec', 'targetNamespace') ?? namespace;
  const selector = {
    'helm.toolkit.fluxcd.io/name': name,
    ...(namespace ? { 'helm.toolkit.fluxcd.io/namespace': namespace } : {}),
  };
  return [...WORKLOADS, 'Job'].flatMap((kind) =>
    facts.list({ kind, group: groupOfKind(kind), namespace: target, selector }),
  );
}

function ownedBy(owner: ApiObject, kind: string, facts: Facts): readonly ApiObject[] {
  const { namespace, uid } = metaOf(owner);
  const labels = recordAt(owner, 'spec', 'selector', 'matchLabels') as Labels;
  const selector = Object.keys(labels).length > 0 && kind !== 'Job' ? labels : undefined;
  return facts
    .list({ kind, group: groupOfKind(kind), namespace, selector })
    .filter((one) => (metaOf(one).ownerReferences ?? []).some((reference) => reference.uid === uid));
}

function newest(objects: readonly ApiObject[]): readonly ApiObject[] {
  const time = (one: ApiObject): string => metaOf(one).creationTimestamp ?? '';
  return objects.toSorted((a, b) => time(b).localeCompare(time(a))).slice(0, 1);
}

function currentAnalysis(rollout: ApiObject, facts: Facts): readonly ApiObject[] {
  // Each strategy of Argo Rollouts has a part of the status with the runs of its analyses.
  const parts = Object.values(recordAt(rollout, 'status')).filter(isRecord);
  const runs = parts.flatMap((part) =>
    Object.entries(part).flatMap(([key, run]) => (key.endsWith('AnalysisRunStatus') && isRecord(run) ? [run] : [])),
  );
  const bad = runs.find(({ status }) => status !== 'Successful') ?? runs[0];
  const { namespace } = metaOf(rollout);
  const name = textAt(bad, 'name');
  return name === undefined ? [] : existing(facts, { kind: 'AnalysisRun', group: 'argoproj.io', namespace, name });
}

function claims(pod: ApiObject, facts: Facts): readonly ApiObject[] {
  const { namespace } = metaOf(pod);
  const refs = claimsOf(pod).map((name) => ({ kind: 'PersistentVolumeClaim', group: '', namespace, name }));
  return existing(facts, ...refs);
}

function node(pod: ApiObject, facts: Facts): readonly ApiObject[] {
  const name = textAt(pod, 'spec', 'nodeName');
  return name === undefined ? [] : existing(facts, { kind: 'Node', group: '', name });
}

/** The objects of a namespace. Of a namespace that is being deleted, also those of its remaining kinds. */
export function within(namespace: ApiObject, facts: Facts): readonly ApiObject[] {
  const { name } = metaOf(namespace);
  // One list of all of them is read, in place of one for each workload.
  facts.list({ kind: 'ReplicaSet', group: groupOfKind('ReplicaSet'), namespace: name });
  return [...ROOTS.map((kind) => ({ kind, group: groupOfKind(kind) })), ...remainingKinds(namespace)].flatMap((kind) =>
    facts.list({ ...kind, namespace: name }).filter((one) => kind.kind !== 'Pod' || isRoot(one)),
  );
}

/** A pod without a controller. The others are found through it. */
function isRoot(pod: ApiObject): boolean {
  return !(metaOf(pod).ownerReferences ?? []).some(({ controller }) => controller === true);
}

/** The condition of a namespace names what is left: "Some resources are remaining: configmaps. has 1 resource …". */
function remainingKinds(namespace: ApiObject): readonly { readonly kind: string; readonly group: string }[] {
  const text = recordsAt(namespace, 'status', 'conditions')
    .filter(({ type }) => type === 'NamespaceContentRemaining')
    .map((one) => textAt(one, 'message') ?? '')
    .join(' ');
  return [...text.matchAll(/([a-z0-9-]+)\.([a-z0-9.-]*) has \d+ resource instances?/g)].map(([, plural, group]) => ({
    kind: plural ?? '',
    group: (group ?? '').replace(/\.$/, ''),
  }));
}

/** The identity of an object, for comparison. */
export function identity(object: ApiObject): string {
  const { kind, group, namespace, name } = refOf(object);
  return [kind, group, namespace ?? '', name].join('|');
}
