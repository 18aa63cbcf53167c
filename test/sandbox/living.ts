import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sandboxDown } from '../../sandbox/index.ts';
import { stateDirOf } from '../../sandbox/place.ts';
import { markedProcesses } from '../../sandbox/processes/proc.ts';

/** Starting takes some seconds; getting the binaries for the first time takes minutes. */
export const START_MS = 15 * 60_000;

export interface Home {
  home: string;
  /** Takes the named sandboxes down and the folder away, and returns what still ran: nothing, it should be. */
  clear(...names: string[]): Promise<number[]>;
}

export function createHome(): Home {
  const home = mkdtempSync(join(tmpdir(), 'sluice-home-'));
  return {
    home,
    clear: async (...names) => {
      for (const name of names) await sandboxDown({ name, home });
      const left = names.flatMap((name) => markedProcesses(stateDirOf({ name, home })));
      rmSync(home, { recursive: true, force: true });
      return left;
    },
  };
}

export async function until(what: string, met: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function versionServed(entry: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(entry, { headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(`${response.statusCode} ${String(response.headers['x-version'])}`);
    })
      .on('error', reject)
      .end();
  });
}
