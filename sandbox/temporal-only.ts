import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { acquireBinary } from './binaries/acquire.ts';
import { homeOf } from './place.ts';
import { claimPorts } from './processes/ports.ts';
import { isAlive } from './processes/proc.ts';
import type { SandboxState } from './processes/state.ts';
import { stopAllMarked } from './processes/stop.ts';
import { startUntilReady } from './start.ts';

export interface TemporalOnly {
  /** host:port of the frontend. */
  address: string;
  uiUrl: string;
  stop(): Promise<void>;
}

/** Ends a server whose owner was killed. The name of its folder contains the owner. */
async function sweep(parent: string): Promise<void> {
  mkdirSync(parent, { recursive: true });
  for (const entry of readdirSync(parent)) {
    const owner = Number(entry.split('-')[0]);
    if (!Number.isInteger(owner) || isAlive(owner, undefined)) continue;
    await stopAllMarked(join(parent, entry));
    rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

/** Starts only the Temporal dev server, with the search attributes of a release, for workflow tests. */
export async function startTemporalOnly(
  options: { home?: string; onProgress?: (line: string) => void } = {},
): Promise<TemporalOnly> {
  const parent = join(homeOf(options), 'temporal-only');
  await sweep(parent);
  const stateDir = join(parent, `${process.pid}-${Date.now().toString(36)}`);
  mkdirSync(stateDir, { recursive: true });
  const { path } = await acquireBinary('temporal', options.onProgress ? { onProgress: options.onProgress } : {});
  const { ports, release } = await claimPorts(['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics']);
  const state: SandboxState = {
    name: 'temporal-only',
    range: 0,
    ports,
    tokens: {},
    parts: {},
    binaries: { temporal: path },
    rps: 0,
    ready: true,
  };
  await startUntilReady(stateDir, state, 'temporal');
  return {
    address: `127.0.0.1:${ports['temporal']}`,
    uiUrl: `http://127.0.0.1:${ports['temporal-ui']}`,
    stop: async () => {
      await stopAllMarked(stateDir);
      await release();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
