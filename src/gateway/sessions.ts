import type { Use } from './guest-probe.ts';
import { versionKey } from './meter.ts';

interface Live {
  readonly key: string;
  /** The version's own id of the session. */
  readonly inner: string;
  lastUsed: number;
}

/** The sessions and tasks that this process knows to be open, by version. */
export class Sessions {
  readonly #sessions = new Map<string, Live>();
  readonly #tasks = new Map<string, Set<string>>();
  /** When the last request outside of a session went to a version, epoch ms. */
  readonly #asked = new Map<string, number>();
  readonly #idleMs: number;

  /** A session that is not used for `idleMs` no longer counts. */
  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** Counts the session with this handle from now on, or keeps on counting it. */
  used(handle: string, server: string, version: string, inner: string): void {
    this.#sessions.set(handle, { key: versionKey(server, version), inner, lastUsed: Date.now() });
  }

  /** A request outside of any session has gone to the version. */
  asked(server: string, version: string): void {
    this.#asked.set(versionKey(server, version), Date.now());
  }

  /** How callers use the version at present. Undefined: nobody does. */
  use(server: string, version: string): Use | undefined {
    const key = versionKey(server, version);
    const since = Date.now() - this.#idleMs;
    const [newest] = [...this.#sessions.values()]
      .filter((live) => live.key === key && live.lastUsed >= since)
      .toSorted((a, b) => b.lastUsed - a.lastUsed);
    if (newest) return { session: newest.inner };
    return (this.#asked.get(key) ?? 0) >= since ? {} : undefined;
  }

  ended(handle: string): void {
    this.#sessions.delete(handle);
  }

  task(server: string, version: string, { taskId, ended }: { taskId: string; ended: boolean }): void {
    const key = versionKey(server, version);
    const open = this.#tasks.get(key) ?? new Set();
    if (ended) open.delete(taskId);
    else open.add(taskId);
    this.#tasks.set(key, open);
  }

  of(server: string, version: string): { readonly sessions: number; readonly open_tasks: number } {
    const key = versionKey(server, version);
    const since = Date.now() - this.#idleMs;
    let sessions = 0;
    for (const [handle, live] of this.#sessions)
      if (live.lastUsed < since) this.#sessions.delete(handle);
      else if (live.key === key) sessions += 1;
    return { sessions, open_tasks: this.#tasks.get(key)?.size ?? 0 };
  }
}
