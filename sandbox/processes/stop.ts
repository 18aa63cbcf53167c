import { setTimeout as pause } from 'node:timers/promises';

import { isAlive, markedProcesses, startTimeOf } from './proc.ts';

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process ended between the check and the signal.
  }
}

async function gone(pids: Map<number, string | undefined>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (![...pids].some(([pid, start]) => isAlive(pid, start))) return true;
    if (Date.now() > deadline) return false;
    await pause(25);
  }
}

/** Ends one process. It sends the given signal first, and SIGKILL if the process does not end. */
export async function stopProcess(
  pid: number,
  startTime: string,
  first: NodeJS.Signals = 'SIGTERM',
  graceMs = 3_000,
): Promise<void> {
  if (!isAlive(pid, startTime)) return;
  const one = new Map([[pid, startTime]]);
  signal(pid, first);
  if (await gone(one, graceMs)) return;
  signal(pid, 'SIGKILL');
  await gone(one, 5_000);
}

/**
 * Ends every process with this sandbox's marker, recorded or not. A starter that is killed between start and record
 * leaves processes that only their environment identifies. Repeats until there are none.
 */
export async function stopAllMarked(stateDir: string, graceMs = 1_500): Promise<number> {
  const stopped = new Set<number>();
  for (let round = 0; round < 10; round += 1) {
    const pids = new Map(markedProcesses(stateDir).map((pid) => [pid, startTimeOf(pid)]));
    if (pids.size === 0) return stopped.size;
    for (const pid of pids.keys()) stopped.add(pid);
    for (const pid of pids.keys()) signal(pid, round === 0 ? 'SIGTERM' : 'SIGKILL');
    await gone(pids, graceMs);
  }
  throw new Error(
    `Processes of ${stateDir} do not end: ${markedProcesses(stateDir).join(', ')}. Look at them with ps, then try again.`,
  );
}
