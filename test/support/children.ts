import { readdirSync, readFileSync } from 'node:fs';

/**
 * Sends a signal to the children of this process whose command line or environment has the words. Returns how many
 * there were.
 */
export function signalChildren(words: string, signal: NodeJS.Signals): number {
  const mine = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isChild(pid, words));
  for (const pid of mine) process.kill(Number(pid), signal);
  return mine.length;
}

function isChild(pid: string, words: string): boolean {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  try {
    const parent = /\) \S (\d+)/.exec(read('stat'))?.[1];
    return Number(parent) === process.pid && ['cmdline', 'environ'].some((name) => read(name).includes(words));
  } catch {
    return false;
  }
}
