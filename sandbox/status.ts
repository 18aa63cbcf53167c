import { readFileSync } from 'node:fs';

import { partNamed, partsOf } from './parts/all.ts';
import { stateDirOf } from './place.ts';
import type { Place } from './place.ts';
import { exitOf, lastLines, logFile } from './processes/part.ts';
import { isAlive, residentBytes, uptimeSeconds } from './processes/proc.ts';
import { readState } from './processes/state.ts';
import type { PartRecord, SandboxState } from './processes/state.ts';
import type { PartStatus, SandboxStatus } from './types.ts';

function urlOf(stateDir: string, state: SandboxState, name: string): { url?: string; entryUrl?: string } {
  const { url, entryUrl } = partNamed(name)(stateDir, state);
  return { ...(url === undefined ? {} : { url }), ...(entryUrl === undefined ? {} : { entryUrl }) };
}

function statusOf(stateDir: string, state: SandboxState, name: string, record: PartRecord): PartStatus {
  const base = { name, pid: record.pid, ...urlOf(stateDir, state, name) };
  if (isAlive(record.pid, record.startTime))
    return { ...base, state: 'running', uptimeSeconds: uptimeSeconds(record.pid), rssBytes: residentBytes(record.pid) };
  const gone = { ...base, uptimeSeconds: 0, rssBytes: 0 };
  if (record.stopped) return { ...gone, state: 'stopped' };
  const exit = exitOf(stateDir, name, record.pid);
  return {
    ...gone,
    state: 'died',
    ...(exit === undefined ? {} : { exit }),
    lastLines: lastLines(stateDir, name),
  };
}

/** Which parts run, were stopped or died. A part that died comes with the last lines of its log. */
export async function sandboxStatus(place: Place = {}): Promise<SandboxStatus> {
  const stateDir = stateDirOf(place);
  const name = place.name ?? 'default';
  const state = readState(stateDir);
  if (!state) return { name, stateDir, state: 'stopped', parts: [] };
  const parts = partsOf(state).flatMap((part) => {
    const record = state.parts[part];
    return record ? [statusOf(stateDir, state, part, record)] : [];
  });
  const running = parts.filter((part) => part.state === 'running').length;
  return {
    name,
    stateDir,
    parts,
    state: running === 0 ? 'stopped' : running === partsOf(state).length ? 'running' : 'degraded',
  };
}

export async function sandboxLogs(part: string, place: Place = {}): Promise<string> {
  partNamed(part);
  const file = logFile(stateDirOf(place), part);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${part} has written no log in sandbox ${place.name ?? 'default'}. Start it: sluice sandbox up.`);
  }
}
