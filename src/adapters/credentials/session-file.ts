import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPrivate, readPrivate, replacePrivate, unavailable } from './private-file.ts';

/** A process that renews a login holds the lock this long at most. */
const LOCK_MS = 30_000;
const LOOK_MS = 100;

/** A file with a secret of its owner, as JSON. */
export interface SessionFile<T> {
  /** Undefined if there is none. Errors: CREDENTIALS_UNAVAILABLE. */
  read(): T | undefined;
  write(value: T): void;
  remove(): void;
  /** Runs `work` while no other process does. A lock whose owner has died is taken over after half a minute. */
  alone<R>(work: () => Promise<R>): Promise<R>;
}

/** `isValid`: whether the content is what this version writes. */
export function sessionFile<T>(path: string, isValid: (value: unknown) => value is T): SessionFile<T> {
  const lock = `${path}.lock`;
  return {
    read() {
      const text = readPrivate(path);
      if (text === undefined) return undefined;
      const value = parsed(text);
      if (isValid(value)) return value;
      throw unavailable(path, new Error('it does not contain a login. Remove it, and log in again'));
    },
    write: (value) => replacePrivate(path, `${JSON.stringify(value)}\n`),
    remove: () => rmSync(path, { force: true }),
    async alone(work) {
      for (const since = Date.now(); !createPrivate(lock, `${process.pid}\n`); ) {
        if (Date.now() - since > LOCK_MS) rmSync(lock, { force: true });
        await sleep(LOOK_MS);
      }
      try {
        return await work();
      } finally {
        rmSync(lock, { force: true });
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
