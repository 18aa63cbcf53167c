import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../root.mjs';

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [join(folder, one.name)] : []));

/** Home folder and name of each sandbox that a test has started below its temporary folder. */
function sandboxesIn(folder: string): { home: string; name: string }[] {
  return foldersIn(folder).flatMap((home) => {
    const states = existsSync(join(home, 'sandbox')) ? foldersIn(join(home, 'sandbox')) : [];
    return states.map((state) => ({ home, name: basename(state) }));
  });
}

/** Processes that work in the folder or have it as their temporary folder, without this one. Linux only: else none. */
function processesOf(folder: string): number[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.map(Number).filter((pid) => {
    if (pid === process.pid) return false;
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return variables.includes(`TMPDIR=${folder}`) || `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

/**
 * Ends what the tests of an interrupted run have started with `folder` as their temporary folder: first sandboxes,
 * which also have interfaces and mounts, then all other processes. A run to its end leaves nothing, or its tests fail.
 */
export function endLeftovers(folder: string): void {
  // Without a folder of its own, a run shares it with other programs.
  if (!basename(folder).startsWith('sluice-run-')) return;
  for (const { home, name } of sandboxesIn(folder))
    spawnSync(process.execPath, ['sandbox/main.ts', 'down', '--name', name], {
      ...{ cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
      env: { ...process.env, SLUICE_HOME: home },
    });
  for (const pid of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
