import { SluiceError } from '../../domain/errors.ts';
import { noteWrite } from '../../ports/call-writes.ts';
import { describe } from './kinds.ts';
import type { Kind, ObjectRef } from './kinds.ts';

/** The result of a write that changed nothing. */
export const NOTHING = Symbol('nothing written');

/** `tried`: a dry run, which never changes anything. */
type Outcome = 'written' | 'deleted' | 'tried';

/** Maximum number of deletions that a cache is compared with. It has seen earlier ones. */
const REMEMBERED = 200;

/** `after` is the number of a write whose version is unknown. Only a read that began later covers it. */
interface Floor {
  readonly version: string;
  readonly after?: number;
}

/**
 * Records the writes of this process to one API server, so that a cache can check whether it has seen them. Versions
 * are compared as numbers. All objects in etcd have numeric versions (KEP-5504). Any other version covers nothing, and
 * the cache is not used.
 */
export class WriteLog {
  readonly #floors = new Map<string, Floor>();
  /** Uids of the last deleted objects, by place. The server returns no version for a deletion. */
  readonly #deleted = new Map<string, readonly string[]>();
  #count = 0;

  /**
   * Executes a write and records it. `result` returns the written object, undefined when the server does not return it,
   * or NOTHING.
   */
  async around<Answer>(
    ref: ObjectRef,
    write: () => Promise<Answer>,
    result: (answer: Answer) => unknown,
    outcome: Outcome = 'written',
  ): Promise<Answer> {
    try {
      const answer = await write();
      const object = result(answer);
      if (object !== NOTHING) {
        this.#wrote(ref, versionOf(object));
        noteWrite(`${describe(ref)} was ${outcome}`, true);
      }
      return answer;
    } catch (error) {
      if (outcome !== 'tried' && mayHaveHappened(error)) {
        this.#wrote(ref, undefined);
        noteWrite(`${describe(ref)} was ${outcome}`, false);
      }
      throw error;
    }
  }

  /** As `around`, for a deletion of the object with `uid`. */
  async aroundDeletion(ref: ObjectRef, uid: string, write: () => Promise<void>): Promise<void> {
    await this.around(ref, write, () => NOTHING, 'deleted');
    noteWrite(`${describe(ref)} was deleted`, true);
    const place = placeOf(ref.kind, ref.namespace ?? '');
    this.#deleted.set(place, [uid, ...(this.#deleted.get(place) ?? [])].slice(0, REMEMBERED));
    if (!this.#floors.has(place)) this.#floors.set(place, { version: '0' });
  }

  /**
   * Whether a read at `version` includes every write so far. `holds`: whether the read contains an object with this
   * uid. Without `namespace` it covers the writes in all namespaces.
   */
  covers(kind: Kind, namespace: string | undefined, version: string, holds: (uid: string) => boolean): boolean {
    return this.#places(kind, namespace).every((place) => {
      const floor = this.#floors.get(place);
      if (floor !== undefined && (floor.after !== undefined || !notOlder(version, floor.version))) return false;
      return !this.#deleted.get(place)?.some(holds);
    });
  }

  /** Taken before a read from the API server, for `settle`. */
  mark(): number {
    return this.#count;
  }

  /** A read that began at `mark` returned `version`: it includes everything that was written before, known or not. */
  settle(kind: Kind, namespace: string | undefined, mark: number, version: string): void {
    for (const place of this.#places(kind, namespace)) {
      const floor = this.#floors.get(place);
      if (floor?.after === undefined || floor.after > mark) continue;
      this.#floors.set(place, { version: newer(version, floor.version) });
    }
  }

  #wrote(ref: ObjectRef, version: string | undefined): void {
    this.#count += 1;
    const place = placeOf(ref.kind, ref.namespace ?? '');
    const floor = this.#floors.get(place);
    if (version === undefined) this.#floors.set(place, { version: floor?.version ?? '0', after: this.#count });
    else this.#floors.set(place, { ...floor, version: newer(version, floor?.version ?? '0') });
  }

  #places(kind: Kind, namespace: string | undefined): string[] {
    if (namespace !== undefined) return [placeOf(kind, namespace)];
    return [...this.#floors.keys()].filter((place) => place.startsWith(placeOf(kind, '')));
  }
}

function placeOf({ group, plural }: Kind, namespace: string): string {
  return `${plural}.${group}/${namespace}`;
}

function versionOf(object: unknown): string | undefined {
  return (object as { metadata?: { resourceVersion?: string } } | undefined)?.metadata?.resourceVersion || undefined;
}

/** Whether `version` is as new as `floor`. */
function notOlder(version: string, floor: string): boolean {
  if (version === floor) return true;
  return isNumber(version) && isNumber(floor) && BigInt(version) >= BigInt(floor);
}

/**
 * A version that is not a number counts as the newer one. No cache then covers it, and every read goes to the API
 * server.
 */
function newer(version: string, other: string): string {
  return notOlder(other, version) ? other : version;
}

function isNumber(version: string): boolean {
  return /^\d+$/.test(version);
}

/** A refused write changed nothing. A write without an answer, or with an invalid one, may have changed the object. */
function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof SluiceError) || error.code === 'CLUSTER_UNREACHABLE' || error.code === 'INTERNAL';
}
