import { requireNamespace } from '../commands/access.ts';
import type { ResourceKind, Scope } from '../commands/resource.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';
import { findKind, type Found } from './find.ts';

const RETRY_MS = 5000;
/** An object that changes five times in one step of a rollout causes one notification. */
const QUIET_MS = 250;
/** Maximum number of addresses that one server watches at a time. */
const MAX_WATCHED = 200;

interface HubDeps {
  readonly scope: Scope;
  readonly log: Log;
  /** Called with each change. */
  readonly publish: (uri: string) => void;
}

/** Throws if the caller may not read the resource. */
export type MayRead = (found: Found) => void;

interface Held {
  holders: number;
  stop: () => void;
}

/** The addresses that clients watch. There is one watch for each address, however many clients subscribe to it. */
export class ResourceHub {
  readonly #deps: HubDeps;
  readonly #held = new Map<string, Held>();

  constructor(deps: HubDeps) {
    this.#deps = deps;
  }

  /** The number of addresses that are watched. */
  get size(): number {
    return this.#held.size;
  }

  #require(uri: string, kinds: readonly ResourceKind[], mayRead: MayRead): Found {
    const found = findKind(kinds, uri);
    if (!found?.kind.watch)
      throw new SluiceError('UNKNOWN_NAME', 'Nothing that could change has this address.', {
        next: 'List the resources, and their templates.',
      });
    requireNamespace(found.kind.namespace?.(found.parts), this.#deps.scope.settings);
    mayRead(found);
    if (!this.#held.has(uri) && this.#held.size >= MAX_WATCHED)
      throw new SluiceError('INVALID_INPUT', `${MAX_WATCHED} addresses are watched already.`, {
        next: 'End other subscriptions first.',
      });
    return found;
  }

  /**
   * Watches the address until the returned function is called. `kinds`: the resources that this caller is offered.
   * Errors: UNKNOWN_NAME when no offered kind has the address or it cannot change, NAMESPACE_NOT_ALLOWED, INVALID_INPUT
   * when too many addresses are watched, and those of `mayRead`.
   */
  hold(uri: string, kinds: readonly ResourceKind[], mayRead: MayRead): () => void {
    const found = this.#require(uri, kinds, mayRead);
    const held = this.#held.get(uri) ?? this.#begin(uri, found);
    held.holders += 1;
    let done = false;
    return () => {
      if (done) return;
      done = true;
      held.holders -= 1;
      if (held.holders > 0) return;
      this.#held.delete(uri);
      held.stop();
    };
  }

  /** Ends all watches. */
  close(): void {
    for (const { stop } of this.#held.values()) stop();
    this.#held.clear();
  }

  #begin(uri: string, found: Found): Held {
    const held: Held = { holders: 0, stop: this.#watch(uri, found) };
    this.#held.set(uri, held);
    return held;
  }

  /**
   * A watch that cannot begin is retried. When it begins, the client is notified to read again, because it may have
   * missed a change.
   */
  #watch(uri: string, { kind, parts }: Found): () => void {
    const { scope, publish, log } = this.#deps;
    let stopped = false;
    let end: (() => void) | undefined;
    const publication = coalesced(() => publish(uri), QUIET_MS);
    let timer: NodeJS.Timeout | undefined;
    const begin = async (missed: boolean): Promise<void> => {
      try {
        const stop = await kind.watch?.(scope, parts, publication.soon);
        if (stopped) return stop?.();
        end = stop;
        if (missed) publication.soon();
      } catch (err) {
        log.warn({ err, uri }, 'A resource cannot be watched yet');
        if (!stopped) timer = setTimeout(() => void begin(true), RETRY_MS).unref();
      }
    };
    void begin(false);
    return () => {
      stopped = true;
      clearTimeout(timer);
      publication.cancel();
      end?.();
    };
  }
}

/** Debounces: `soon` calls `notify` once, a little later, however often it is called until then. */
function coalesced(notify: () => void, afterMs: number): { readonly soon: () => void; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        notify();
      }, afterMs).unref();
    },
    cancel: () => clearTimeout(timer),
  };
}
