import { readFileSync } from 'node:fs';

const KIB_PER_MIB = 1024;

/** Resident memory of a process and its descendants, in MiB. 0 once it has ended. */
export function residentMib(pid: number): number {
  return own(pid) + children(pid).reduce((sum, child) => sum + residentMib(child), 0);
}

function own(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`));
  return Number(line?.[1] ?? 0) / KIB_PER_MIB;
}

function children(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Maximum memory of a process and its descendants during `work`, in MiB. */
export async function mostDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  let most = residentMib(pid);
  const timer = setInterval(() => (most = Math.max(most, residentMib(pid))), 10);
  try {
    await work();
    return Math.max(most, residentMib(pid));
  } finally {
    clearInterval(timer);
  }
}
