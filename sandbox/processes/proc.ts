import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that marks every process of a sandbox. Its value is the state directory. */
export const MARKER = 'SLUICE_SANDBOX';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined; // the process has ended or belongs to another user
  }
}

/** Fields of /proc/<pid>/stat after the command name, which may contain spaces and brackets. */
function stat(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Clock ticks from boot to the start of the process. Together with the pid it is an identity that is never reused. */
export function startTimeOf(pid: number): string | undefined {
  return stat(pid)?.[19];
}

/**
 * Number of threads. The main thread of a killed process becomes a zombie first, and its other threads hold the ports
 * until they end.
 */
function threads(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

export function isAlive(pid: number, startTime: string | undefined): boolean {
  const fields = stat(pid);
  if (!fields || fields[0] === 'X' || (fields[0] === 'Z' && threads(pid) <= 1)) return false;
  return startTime === undefined || fields[19] === startTime;
}

export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes ? Number(kilobytes) * 1024 : 0;
}

export function uptimeSeconds(pid: number): number {
  const ticks = Number(startTimeOf(pid) ?? 'NaN');
  const up = Number((read('/proc/uptime') ?? '').split(' ')[0]);
  const seconds = up - ticks / 100;
  return Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
}

/** Every running process with the marker of this sandbox, whichever process started it. */
export function markedProcesses(stateDir: string): number[] {
  const wanted = `${MARKER}=${stateDir}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && isAlive(pid, undefined))
    .filter((pid) => (read(`/proc/${pid}/environ`) ?? '').split('\0').includes(wanted));
}
