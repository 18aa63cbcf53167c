import { metaOf, numberAt, recordsAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { type ObjectRef, refOf, refTitle, titleOf } from '../../cluster-objects/object-ref.ts';
import { dependenciesOf, sourceRefOf } from '../flux-refs.ts';
import { evidence, type Family, type Finding, type Rule } from '../rule.ts';
import { REQUESTED_AT } from '../../flux/request.ts';
import { isSuspended } from '../../flux/suspension.ts';
import { SOURCES } from '../kinds.ts';
import { getStep, listStep } from '../steps.ts';
import { fluxFinding, isUnseen, notReady } from './flux-status.ts';

const CYCLE: Rule = {
  name: 'dependency-cycle',
  means: 'Objects depend on each other in a circle, so none of them ever begins.',
  reads: 'Kustomization and HelmRelease spec.dependsOn',
  next: 'Remove one of the dependencies.',
};
const MISSING: Rule = {
  name: 'dependency-missing',
  means: 'The object depends on one that does not exist.',
  reads: 'Kustomization and HelmRelease spec.dependsOn',
  next: 'Correct dependsOn, or create the object.',
};
const WAITS: Rule = {
  name: 'dependency-not-ready',
  means: 'The object waits for one that it depends on.',
  reads: 'Kustomization and HelmRelease status.conditions[Ready], spec.dependsOn',
  next: 'Look at the dependency.',
  consequence: true,
};
const SUSPENDED: Rule = {
  name: 'flux-suspended',
  means: 'The object is suspended, so Flux neither fetches nor applies anything for it.',
  reads: 'spec.suspend of every kind of Flux',
  next: 'Resume it when its reason is gone.',
};
const STALE: Rule = {
  name: 'artifact-not-applied',
  means: 'The source offers a newer revision than the one that is applied, and the controller has not taken it.',
  reads: 'status.artifact of the source; Kustomization status.lastAppliedRevision, status.lastAttemptedRevision',
  next: 'Look at the pods of kustomize-controller.',
};
const UNSEEN: Rule = {
  name: 'not-reconciled',
  means: 'The controller has not looked at the newest version of the object, or at a request to reconcile it.',
  reads: 'metadata.generation, status.observedGeneration, status.lastHandledReconcileAt',
  next: 'Look at the pods of the controller.',
};

/** A controller that works takes a new object or artifact within this time. */
const TAKEN_MS = 120_000;
const MAX_CYCLE = 20;

export const fluxDependencies: Family = {
  name: 'Flux dependencies',
  kinds: ['Kustomization', 'HelmRelease', ...SOURCES],
  rules: [CYCLE, MISSING, WAITS, SUSPENDED, STALE, UNSEEN],
  find(object, facts) {
    if (isSuspended(object)) return [suspended(object)];
    return [...waits(object, facts), ...stale(object, facts), ...unseen(object, facts)];
  },
};

function suspended(object: ApiObject): Finding {
  const notes = Object.entries(metaOf(object).annotations ?? {}).filter(([key]) => /suspend/i.test(key));
  const summary = `It is suspended.${notes.map(([key, value]) => ` ${key}: ${value}.`).join('')}`;
  const proof = [
    evidence(object, 'spec.suspend', 'true'),
    ...notes.map(([key, value]) => evidence(object, `metadata.annotations[${key}]`, value)),
  ];
  return fluxFinding(SUSPENDED, object, summary, proof, getStep(refOf(object), 'metadata'));
}

function waits(object: ApiObject, facts: Facts): readonly Finding[] {
  const dependencies = dependenciesOf(object);
  const absent = dependencies.filter((ref) => facts.isAbsent(ref));
  if (absent[0]) return absent.map((ref) => missing(object, ref));
  const cycle = cycleFrom(object, facts);
  if (cycle) {
    const proof = cycle.map((one) => evidence(one, 'spec.dependsOn', dependenciesOf(one).map(refTitle).join(', ')));
    const circle = roundFrom(cycle.map(titleOf)).join(' → ');
    return [fluxFinding(CYCLE, object, `The circle is ${circle}.`, proof, getStep(refOf(object), 'spec.dependsOn'))];
  }
  const failure = notReady(object);
  if (failure?.reason !== 'DependencyNotReady') return [];
  return [fluxFinding(WAITS, object, failure.message, [failure.proof], getStep(refOf(object), 'spec.dependsOn'))];
}

function missing(object: ApiObject, ref: ObjectRef): Finding {
  const summary = `It depends on ${refTitle(ref)}, which does not exist.`;
  const proof = [evidence(object, 'spec.dependsOn', refTitle(ref))];
  return fluxFinding(MISSING, object, summary, proof, listStep(ref.kind, ref.group, ref.namespace));
}

/** The objects from this one back to itself. */
function cycleFrom(object: ApiObject, facts: Facts): readonly ApiObject[] | undefined {
  const start = titleOf(object);
  const seen = new Set<string>();
  const follow = (at: ApiObject, path: readonly ApiObject[]): readonly ApiObject[] | undefined => {
    if (path.length > MAX_CYCLE || seen.has(titleOf(at))) return undefined;
    seen.add(titleOf(at));
    for (const ref of dependenciesOf(at)) {
      if (refTitle(ref) === start) return [...path, at];
      const next = facts.object(ref);
      const found = next && follow(next, [...path, at]);
      if (found) return found;
    }
    return undefined;
  };
  return follow(object, []);
}

/** Each object of a circle finds the same words. */
function roundFrom(titles: readonly string[]): readonly string[] {
  const first = titles.indexOf(titles.toSorted()[0] ?? '');
  return [...titles.slice(first), ...titles.slice(0, first + 1)];
}

function stale(object: ApiObject, facts: Facts): readonly Finding[] {
  const ref = object['kind'] === 'Kustomization' ? sourceRefOf(object) : undefined;
  const source = ref && facts.object(ref);
  const offered = textAt(source, 'status', 'artifact', 'revision');
  const since = textAt(source, 'status', 'artifact', 'lastUpdateTime');
  const tried = textAt(object, 'status', 'lastAttemptedRevision') ?? textAt(object, 'status', 'lastAppliedRevision');
  if (!source || offered === undefined || since === undefined || offered === tried || notReady(object)) return [];
  if (facts.now - Date.parse(since) < TAKEN_MS) return [];
  const summary = `${titleOf(source)} offers ${offered} since ${since}, and ${tried ?? 'nothing'} was tried last.`;
  const proof = [
    evidence(source, 'status.artifact', `${offered}, ${since}`),
    evidence(object, 'status.lastAttemptedRevision', tried ?? 'none'),
  ];
  return [fluxFinding(STALE, object, summary, proof)];
}

function unseen(object: ApiObject, facts: Facts): readonly Finding[] {
  const since = newestChange(object);
  if (!isUnseen(object) || since === undefined || facts.now - since < TAKEN_MS) return [];
  const { generation = 0, annotations } = metaOf(object);
  const observed = numberAt(object, 'status', 'observedGeneration');
  const asked = annotations?.[REQUESTED_AT];
  const proof = [
    evidence(object, 'metadata.generation', String(generation)),
    evidence(object, 'status.observedGeneration', observed ?? 'none'),
    ...(asked === undefined ? [] : [evidence(object, `metadata.annotations[${REQUESTED_AT}]`, asked)]),
  ];
  return [fluxFinding(UNSEEN, object, UNSEEN.means, proof)];
}

/** When the specification or the request was written last, epoch ms. Undefined if the object does not say it. */
function newestChange(object: ApiObject): number | undefined {
  const writes = recordsAt(object, 'metadata', 'managedFields').filter(({ subresource }) => subresource === undefined);
  const times = [textAt(object, 'metadata', 'creationTimestamp'), ...writes.map((one) => textAt(one, 'time'))]
    .map((time) => Date.parse(time ?? ''))
    .filter(Number.isFinite);
  return times.length > 0 ? Math.max(...times) : undefined;
}
