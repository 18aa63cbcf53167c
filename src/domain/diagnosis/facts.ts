import { metaOf, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import type { ObjectRef } from '../cluster-objects/object-ref.ts';
import { byTime, eventOf, type SeenEvent } from '../cluster-objects/object-event.ts';

/** The objects of a kind: of one namespace, or of the cluster. `selector`: only those with these labels. */
export interface ListRef {
  readonly kind: string;
  readonly group: string;
  readonly namespace?: string | undefined;
  readonly selector?: Labels | undefined;
}

export interface LogRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container before its last restart. */
  readonly previous: boolean;
}

export type Labels = Readonly<Record<string, string>>;

/** Something that a diagnosis needs to read. */
export type Want =
  | ({ readonly what: 'object' } & ObjectRef)
  | ({ readonly what: 'list' } & ListRef)
  | ({ readonly what: 'log' } & LogRef);

/** What a read gave. `problem`: nothing is known, and why. `partial`: there are more items than these. */
export interface Answer {
  /** For an object: the object, or nothing if it does not exist. For a list: its items. */
  readonly items: readonly ApiObject[];
  readonly text?: string;
  readonly partial?: boolean;
  readonly problem?: string;
}

export type Known = ReadonlyMap<string, Answer>;

/** The key of a want among the known facts. */
export function keyOf(want: Want): string {
  if (want.what === 'log') return ['log', want.namespace, want.pod, want.container, String(want.previous)].join('|');
  const rest = want.what === 'object' ? want.name : selectorText(want.selector);
  return [want.what, want.group, want.kind, want.namespace ?? '', rest].join('|');
}

/** Labels as a selector of the API server. */
export function selectorText(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',');
}

/**
 * What is known about a cluster. A fact that was not read yet counts as unknown and becomes a want, so that the caller
 * can read it and ask again with the same result for everything that is known.
 */
export class Facts {
  /** Epoch ms. */
  readonly now: number;
  readonly #known: Known;
  readonly #wanted = new Map<string, Want>();
  readonly #events = new Map<string, ReadonlyMap<string, readonly ApiObject[]>>();

  constructor(known: Known, now: number) {
    this.#known = known;
    this.now = now;
  }

  /** The facts that were asked for and are not known. */
  get wanted(): readonly Want[] {
    return [...this.#wanted.values()];
  }

  /** Undefined if it does not exist or is not known. */
  object(ref: ObjectRef): ApiObject | undefined {
    return this.#find(ref).object;
  }

  /** True only if a read has shown that there is no such object. */
  isAbsent(ref: ObjectRef): boolean {
    return this.#find(ref).absent;
  }

  /** Empty if it is not known. */
  list(ref: ListRef): readonly ApiObject[] {
    const whole = this.#whole(ref);
    if (whole) return whole.items.filter((object) => hasLabels(metaOf(object).labels, ref.selector));
    return this.#answer({ what: 'list', ...ref })?.items ?? [];
  }

  /** True if a list contains every object of its kind. Then what is not in it does not exist. */
  isComplete(ref: ListRef): boolean {
    const answer = this.#whole(ref) ?? this.#answer({ what: 'list', ...ref });
    return answer !== undefined && answer.problem === undefined && answer.partial !== true;
  }

  /** The events about an object, newest first. */
  events(object: ApiObject): readonly SeenEvent[] {
    const { namespace = 'default', uid, name } = metaOf(object);
    return (this.#eventsIn(namespace).get(`${String(object['kind'])}/${name}`) ?? [])
      .filter((event) => uid === undefined || (textAt(event, 'involvedObject', 'uid') ?? uid) === uid)
      .map(eventOf)
      .toSorted(byTime);
  }

  /** By kind and name of the object that they are about. */
  #eventsIn(namespace: string): ReadonlyMap<string, readonly ApiObject[]> {
    const known = this.#events.get(namespace);
    if (known) return known;
    const all = this.list({ kind: 'Event', group: '', namespace });
    const about = (event: ApiObject, field: string): string => textAt(event, 'involvedObject', field) ?? '';
    const events = Map.groupBy(all, (event) => `${about(event, 'kind')}/${about(event, 'name')}`);
    this.#events.set(namespace, events);
    return events;
  }

  /** Undefined if it could not be read. */
  log(ref: LogRef): string | undefined {
    const answer = this.#answer({ what: 'log', ...ref });
    return answer?.problem === undefined ? answer?.text : undefined;
  }

  #find(ref: ObjectRef): { readonly object?: ApiObject; readonly absent: boolean } {
    const whole = this.#whole(ref);
    const listed = whole?.items.find((object) => metaOf(object).name === ref.name);
    if (listed) return { object: listed, absent: false };
    if (whole) return { absent: true };
    const answer = this.#answer({ what: 'object', ...ref });
    const [object] = answer?.items ?? [];
    return object ? { object, absent: false } : { absent: answer !== undefined && answer.problem === undefined };
  }

  /** The complete list of a namespace, if it is known. */
  #whole({ kind, group, namespace }: ListRef): Answer | undefined {
    const answer = this.#known.get(keyOf({ what: 'list', kind, group, namespace }));
    return answer?.problem === undefined && answer?.partial !== true ? answer : undefined;
  }

  #answer(want: Want): Answer | undefined {
    const key = keyOf(want);
    const answer = this.#known.get(key);
    if (!answer) this.#wanted.set(key, want);
    return answer;
  }
}

export function hasLabels(labels: Labels = {}, wanted: Labels = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
