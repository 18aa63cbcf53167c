import { join, resolve } from 'node:path';

import { withLock } from './processes/lock.ts';

export type Say = (line: string) => void;

export interface Place {
  name?: string;
  home?: string;
}

export function homeOf(place: Place = {}): string {
  return resolve(place.home ?? process.env['SLUICE_HOME'] ?? join(import.meta.dirname, '..', '.sluice'));
}

export function stateDirOf(place: Place = {}): string {
  const name = place.name ?? 'default';
  if (!/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/.test(name))
    throw new Error(`"${name}" cannot name a sandbox: use lower-case letters, digits and dashes.`);
  return join(homeOf(place), 'sandbox', name);
}

/** Runs `work` while no other process writes the state of this sandbox. */
export function exclusively<T>(stateDir: string, work: () => Promise<T>, say: Say = () => {}): Promise<T> {
  return withLock(`sandbox ${stateDir}`, work, () => say('waiting: another process is changing this sandbox'));
}
