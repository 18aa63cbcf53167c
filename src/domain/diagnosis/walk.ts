import type { ApiObject } from '../cluster-objects/api-object.ts';
import type { Facts } from './facts.ts';
import { above, around, before, below, identity } from './relations.ts';

/** An object on the way from the subject to a cause. */
export interface Visit {
  readonly object: ApiObject;
  /** Undefined for a subject. */
  readonly from?: string;
  /** It applies another object, so only what it needs is followed, and not what it applies. */
  readonly applies: boolean;
  /** The object that it was reached from needs it. */
  readonly needed: boolean;
}

export interface Walk {
  /** By identity, in the order of the way. */
  readonly visits: ReadonlyMap<string, Visit>;
  /** Of each object, the identities of those that need it. */
  readonly neededBy: ReadonlyMap<string, ReadonlySet<string>>;
  /** There are more objects. */
  readonly cut: boolean;
}

/** No diagnosis looks at more objects. */
const MAX_VISITS = 1500;

/** The subjects, everything that they need to work, and what applies them, each once. */
export function walk(subjects: readonly ApiObject[], facts: Facts): Walk {
  const visits = new Map<string, Visit>();
  const neededBy = new Map<string, Set<string>>();
  const queue: Visit[] = subjects.map((object) => ({ object, applies: false, needed: false }));
  for (let visit = queue.shift(); visit && visits.size < MAX_VISITS; visit = queue.shift()) {
    const key = identity(visit.object);
    if (visit.needed && visit.from !== undefined) neededBy.set(key, (neededBy.get(key) ?? new Set()).add(visit.from));
    if (visits.has(key)) continue;
    visits.set(key, visit);
    queue.push(...next(visit, key, facts));
  }
  return { visits, neededBy, cut: queue.length > 0 };
}

function next({ object, from, applies }: Visit, key: string, facts: Facts): readonly Visit[] {
  const down = applies ? before(object, facts) : below(object, facts);
  const beside = from === undefined ? around(object, facts) : [];
  const up = from === undefined || applies ? above(object, facts) : [];
  return [
    ...down.map((one) => ({ object: one, from: key, applies: false, needed: true })),
    ...beside.map((one) => ({ object: one, from: key, applies: false, needed: false })),
    ...up.map((one) => ({ object: one, from: key, applies: true, needed: false })),
  ];
}

/** The identities of everything that needs an object, and its own. */
export function dependents(key: string, { neededBy }: Pick<Walk, 'neededBy'>): ReadonlySet<string> {
  const all = new Set([key]);
  for (const one of all) for (const parent of neededBy.get(one) ?? []) all.add(parent);
  return all;
}

/** The identities from a subject to an object, both included. */
export function wayTo(key: string, visits: ReadonlyMap<string, Visit>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = key; at !== undefined && !way.includes(at); at = visits.get(at)?.from)
    way.unshift(at);
  return way;
}
