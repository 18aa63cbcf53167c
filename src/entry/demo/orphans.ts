import { readFileSync } from 'node:fs';
import { SluiceError } from '../../domain/errors.ts';
import { acquireLock } from '../../../sandbox/processes/lock.ts';
import { isAlive, markedProcesses } from '../../../sandbox/processes/proc.ts';
import type { Closers } from './closers.ts';

/**
 * Allows one `npm start` for each sandbox, because the workers of two starts would be hard to distinguish. Throws
 * CONFLICT.
 */
export async function onlyOne(stateDir: string, closers: Closers): Promise<void> {
  const lock = await acquireLock(`start ${stateDir}`, { timeoutMs: 0 }).catch(() => undefined);
  if (!lock)
    throw new SluiceError('CONFLICT', 'npm start already runs with this sandbox.', {
      next: 'Use that one, end it with Ctrl-C there, or choose another sandbox with --name.',
    });
  closers.add('lock', () => lock.release());
}

/**
 * Ends the worker and the server of a start that was killed. The caller holds the lock of `onlyOne`, so no other start
 * is affected.
 */
export async function endOrphans(stateDir: string): Promise<void> {
  const orphans = markedProcesses(stateDir).filter(isOurs);
  for (const pid of orphans) process.kill(pid, 'SIGKILL');
  while (orphans.some((pid) => isAlive(pid, undefined))) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Whether a process is `sluice worker`, `sluice serve` or `sluice gateway`, and not a part of the sandbox. */
function isOurs(pid: number): boolean {
  try {
    return /bin\/sluice\.mjs\0(worker|serve|gateway)\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
  } catch {
    return false;
  }
}
