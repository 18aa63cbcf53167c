import type { RegisteredServer } from '../servers/server.ts';

/** How long the tools of a former blue version can still be called after the switch, in ms. */
export const GRACE_MS = 24 * 60 * 60 * 1_000;

/**
 * The versions that may answer a call of a tool which `chosen` does not have: blue, then the versions that were blue
 * within the grace time, the last one first. Clients keep the tool lists that they got from these versions.
 */
export function standIns({ versions, history }: RegisteredServer, chosen: string, now: number): readonly string[] {
  const left = history
    .filter(({ at }) => at > now - GRACE_MS)
    .flatMap(({ changes }) => changes.filter(({ status }) => status?.from === 'blue').map(({ version }) => version))
    .toReversed();
  const blue = versions.filter(({ status }) => status === 'blue').map(({ version }) => version);
  const present = new Set(versions.map(({ version }) => version));
  return [...new Set([...blue, ...left])].filter((version) => version !== chosen && present.has(version));
}
