import { cleanText, maskSecrets } from '../safe-text.ts';
import type { Action, By, HistoryEntry, RegisteredServer, ServerVersion, VersionChange } from './server.ts';

/** Entries that a server keeps. Older ones are dropped. */
const HISTORY_LIMIT = 1000;

/** What a change names: the action, the version that it is about, and a rollback if it was one. */
export interface Step {
  readonly action: Action;
  readonly version: string;
  readonly lastRollback?: RegisteredServer['lastRollback'];
}

/** The server after a change, with one entry more and the next revision. The same object if no version differs. */
export function commit(
  server: RegisteredServer,
  { action, version, lastRollback }: Step,
  versions: readonly ServerVersion[],
  by: By,
): RegisteredServer {
  const changes = changesBetween(server.versions, versions);
  if (changes.length === 0) return server;
  const revision = server.revision + 1;
  const why = reasonOf(by);
  const entry: HistoryEntry = { revision, at: by.at, who: by.who, ...why, action, version, changes };
  return {
    ...server,
    ...(lastRollback ? { lastRollback } : {}),
    revision,
    versions,
    history: [...server.history, entry].slice(-HISTORY_LIMIT),
  };
}

/** A reason comes from a caller, so texts that look like a secret are masked. */
export function reasonOf({ why }: By): { readonly why?: string } {
  return why === undefined ? {} : { why: maskSecrets(cleanText(why)) };
}

function changesBetween(before: readonly ServerVersion[], after: readonly ServerVersion[]): readonly VersionChange[] {
  const names = [...new Set([...before, ...after].map(({ version }) => version))];
  return names.flatMap((version) => {
    const change = changeOf(
      version,
      before.find((one) => one.version === version),
      after.find((one) => one.version === version),
    );
    return Object.keys(change).length > 1 ? [change] : [];
  });
}

function changeOf(version: string, was: ServerVersion | undefined, is: ServerVersion | undefined): VersionChange {
  const status = difference(was?.status, is?.status);
  const traffic = difference(was?.traffic, is?.traffic);
  const health = difference(was?.health?.state, is?.health?.state);
  return { version, ...(status ? { status } : {}), ...(traffic ? { traffic } : {}), ...(health ? { health } : {}) };
}

function difference<T>(from: T | undefined, to: T | undefined): { readonly from?: T; readonly to?: T } | undefined {
  if (from === to) return undefined;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/**
 * The version to which a blue one can go back: each promotion leaves the former blue version, and each rollback takes
 * the last of them that is still registered. Undefined if none is left.
 */
export function formerBlue(server: RegisteredServer): ServerVersion | undefined {
  const left: string[] = [];
  for (const { action, changes } of server.history) {
    const was = changes.find(({ status }) => status?.from === 'blue')?.version;
    const is = changes.find(({ status }) => status?.to === 'blue')?.version;
    if (action === 'rollback' && is !== undefined) left.splice(left.lastIndexOf(is));
    else if (was !== undefined) left.push(was);
  }
  const name = left.findLast((one) =>
    server.versions.some(({ version, status }) => version === one && status !== 'blue'),
  );
  return server.versions.find(({ version }) => version === name);
}
