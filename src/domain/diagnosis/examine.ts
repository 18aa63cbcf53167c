import { metaOf, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { plural } from '../plural.ts';
import { podTrouble, workloadState } from '../cluster-objects/workload-state.ts';
import type { Facts } from './facts.ts';
import { within } from './relations.ts';
import { condition } from '../cluster-objects/conditions.ts';
import { titleOf } from '../cluster-objects/object-ref.ts';
import { type Evidence, type Family, type Finding, type Step } from './rule.ts';
import { FAMILIES } from './rules/index.ts';
import { dependents, walk, wayTo, type Visit, type Walk } from './walk.ts';

/** One cause, with everything that proves it. */
export interface Cause {
  readonly rule: string;
  /** "Pod shop/web-1". */
  readonly object: string;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** The objects from the subject to this one. */
  readonly way: readonly string[];
  /** The number of further objects with the same cause. */
  readonly others: number;
  /** What to do, as a sentence. */
  readonly next: string;
  readonly step: Step;
}

/**
 * `cause-found`: at least one rule fits. `not-known`: the subject is not as it should be, and no rule fits.
 * `no-fault`: nothing is wrong with what was looked at.
 */
export interface Diagnosis {
  readonly verdict: 'cause-found' | 'not-known' | 'no-fault';
  /** The most important first. */
  readonly causes: readonly Cause[];
  /** What follows from the causes. */
  readonly consequences: readonly Cause[];
  /** What is wrong with the subjects, in the words of the cluster. */
  readonly state: readonly string[];
  /** "2 Pods". */
  readonly lookedAt: readonly string[];
  /** There are more objects than a diagnosis looks at. */
  readonly cut: boolean;
}

/** `namespace`: everything in it. */
export type Subject =
  | { readonly object: ApiObject }
  | { readonly objects: readonly ApiObject[] }
  | { readonly namespace: ApiObject };

interface Found {
  readonly finding: Finding;
  readonly key: string;
  readonly way: readonly string[];
  readonly rank: number;
}

/** The causes that the facts prove. Facts that are missing are wants of `facts` afterwards. */
export function examine(subject: Subject, facts: Facts): Diagnosis {
  const subjects = subjectsOf(subject, facts);
  const walked = walk(subjects, facts);
  const { visits, cut } = walked;
  const found = [...visits].flatMap(([key, visit]) => findingsOf(key, visit, visits, facts));
  const { causes, consequences } = divided(found, walked);
  const state = subjects.flatMap((object) => troubleOf(object) ?? []);
  return {
    verdict: causes.length > 0 ? 'cause-found' : state.length > 0 ? 'not-known' : 'no-fault',
    causes: merged(causes, visits),
    consequences: merged(consequences, visits),
    state,
    lookedAt: counted([...visits.values()].map(({ object }) => String(object['kind']))),
    cut,
  };
}

function subjectsOf(subject: Subject, facts: Facts): readonly ApiObject[] {
  if ('object' in subject) return [subject.object];
  return 'objects' in subject ? subject.objects : [subject.namespace, ...within(subject.namespace, facts)];
}

function findingsOf(
  key: string,
  { object }: Visit,
  visits: ReadonlyMap<string, Visit>,
  facts: Facts,
): readonly Found[] {
  const isFor = ({ kinds }: Family): boolean => kinds.includes('*') || kinds.includes(String(object['kind']));
  const way = wayTo(key, visits);
  return FAMILIES.flatMap((family, rank) =>
    isFor(family) ? family.find(object, facts).map((finding) => ({ finding, key, way, rank })) : [],
  );
}

/** A consequence counts as a cause if nothing that its object needs has one. */
function divided(
  found: readonly Found[],
  walked: Walk,
): { readonly causes: readonly Found[]; readonly consequences: readonly Found[] } {
  const isLater = ({ finding }: Found): boolean => finding.rule.consequence === true;
  const needing = new Map([...new Set(found.map(({ key }) => key))].map((key) => [key, dependents(key, walked)]));
  const explains = (lower: Found, one: Found): boolean =>
    (lower.key !== one.key || !isLater(lower)) && needing.get(lower.key)?.has(one.key) === true;
  const explained = found.filter((one) => isLater(one) && found.some((lower) => explains(lower, one)));
  const kept = found.filter((one) => !explained.includes(one));
  return { causes: onePerObject(kept), consequences: explained };
}

/** Two consequences at one object, which nothing explains: the first one is enough. */
function onePerObject(found: readonly Found[]): readonly Found[] {
  return found.filter(
    (one, index) =>
      one.finding.rule.consequence !== true ||
      !found.slice(0, index).some(({ key, finding }) => key === one.key && finding.rule.consequence === true),
  );
}

/** The same cause at several objects is one. */
function merged(found: readonly Found[], visits: ReadonlyMap<string, Visit>): readonly Cause[] {
  const groups = Map.groupBy(found, ({ finding: { rule, object, summary }, way, key }) => {
    const owner = way.at(-2) ?? key;
    return `${rule.name}|${object['kind'] === 'Pod' ? owner : summary}`;
  });
  return [...groups.values()]
    .toSorted((a, b) => b.length - a.length || (a[0]?.rank ?? 0) - (b[0]?.rank ?? 0))
    .flatMap(([first, ...rest]) => (first ? [causeOf(first, rest.length, visits)] : []));
}

function causeOf({ finding, way }: Found, others: number, visits: ReadonlyMap<string, Visit>): Cause {
  const { rule, object, summary, evidence, step } = finding;
  return {
    rule: rule.name,
    object: titleOf(object),
    summary,
    evidence,
    way: way.flatMap((key) => (visits.has(key) ? [titleOf(visits.get(key)?.object ?? {})] : [])),
    others,
    next: rule.next,
    step,
  };
}

/** What is wrong with an object, as a sentence with its name. Undefined if nothing is seen. */
function troubleOf(object: ApiObject): string | undefined {
  const trouble = stateOf(object);
  return trouble === undefined ? undefined : `${titleOf(object)}: ${trouble}`;
}

function stateOf(object: ApiObject): string | undefined {
  if (metaOf(object).deletionTimestamp !== undefined)
    return `its deletion began at ${metaOf(object).deletionTimestamp}.`;
  if (object['kind'] === 'Pod')
    return textAt(object, 'status', 'phase') === 'Succeeded' ? undefined : podTrouble(object);
  const workload = workloadState(object);
  if (workload) return workload.state === 'complete' ? undefined : workload.message;
  const ready = condition(object, 'Ready');
  if (ready?.['status'] === 'False') return textAt(ready, 'message') ?? 'it is not ready.';
  if (condition(object, 'Failed')?.['status'] === 'True') return 'it has failed.';
  const phase = textAt(object, 'status', 'phase');
  return object['kind'] === 'PersistentVolumeClaim' && phase !== 'Bound'
    ? `its phase is ${phase ?? 'unknown'}.`
    : undefined;
}

function counted(kinds: readonly string[]): readonly string[] {
  return [...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => plural(length, kind));
}
