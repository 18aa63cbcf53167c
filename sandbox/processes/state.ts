import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AddOn } from '../manifest.ts';

export interface PartRecord {
  pid: number;
  startTime: string;
  /** Set when the sandbox itself stopped the part, so that it does not count as died. */
  stopped?: boolean;
}

export interface SandboxState {
  name: string;
  /** Second octet of the cluster's Service range, 127.<range>.0.0/16. */
  range: number;
  ports: Record<string, number>;
  tokens: Record<string, string>;
  parts: Record<string, PartRecord>;
  binaries: Record<string, string>;
  addOns?: AddOn[];
  /** True if the API server was started with the policies that send pods to the node of real pods. */
  podPolicies?: boolean;
  rps: number;
  /** True once everything has served. Before that, an interrupted start is removed and not repaired. */
  ready: boolean;
}

const file = (stateDir: string): string => join(stateDir, 'state.json');

export function readState(stateDir: string): SandboxState | undefined {
  try {
    return JSON.parse(readFileSync(file(stateDir), 'utf8')) as SandboxState;
  } catch {
    return undefined;
  }
}

/**
 * Writes a new file and renames it, so that a kill at any time leaves the old or the new file. Only the holder of the
 * sandbox's lock may write it (`exclusively`): another writer would undo what the holder wrote.
 */
export function writeState(stateDir: string, state: SandboxState): void {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(`${file(stateDir)}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file(stateDir)}.new`, file(stateDir));
}
