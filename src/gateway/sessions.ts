import { versionKey } from './meter.ts';

interface Live {
  readonly key: string;
  lastUsed: number;
}

/** The sessions and tasks that this process knows to be open, by version. */
export class Sessions {
  readonly #sessions = new Map<string, Live>();
  readonly #tasks = new Map<string, Set<string>>();
  readonly #idleMs: number;

  /** A session that is not used for `idleMs` no longer counts. */
  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** Counts the session with this handle from now on, or keeps on counting it. */
  used(handle: string, server: string, version: string): void {
    this.#sessions.set(handle, { key: versionKey(server, version), lastUsed: Date.now() });
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
