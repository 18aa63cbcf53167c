import type { HistoryEntry, RegisteredServer } from '../servers/server.ts';

/** How long the names of the former blue version can still be called after a switch, in ms, unless the new one says. */
export const GRACE_MS = 24 * 60 * 60 * 1_000;

/**
 * The versions that may answer a call of a name which `chosen` does not have: blue, then the versions that were blue
 * within the grace time, the last one first. Clients keep the lists that they got from these versions.
 */
export function standIns(server: RegisteredServer, chosen: string, now: number): readonly string[] {
  const { versions, history } = server;
  if (versions.length < 2) return [];
  const left = history
    .filter((entry) => now < entry.at + graceAfter(entry, server))
    .flatMap(({ changes }) => changes.filter(({ status }) => status?.from === 'blue').map(({ version }) => version))
    .toReversed();
  const blue = versions.filter(({ status }) => status === 'blue').map(({ version }) => version);
  const present = new Set(versions.map(({ version }) => version));
  return [...new Set([...blue, ...left])].filter((version) => version !== chosen && present.has(version));
}

/** The grace time that the version which became blue with this change gives to the names of the one before it. */
function graceAfter({ changes }: HistoryEntry, { versions }: RegisteredServer): number {
  const next = changes.find(({ status }) => status?.to === 'blue')?.version;
  return versions.find(({ version }) => version === next)?.graceMs ?? GRACE_MS;
}
