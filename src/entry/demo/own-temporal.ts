import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { acquireBinary } from '../../../sandbox/binaries/acquire.ts';
import { claimPorts } from '../../../sandbox/processes/ports.ts';
import { readState, writeState, type SandboxState } from '../../../sandbox/processes/state.ts';
import { stopAllMarked } from '../../../sandbox/processes/stop.ts';
import { startUntilReady } from '../../../sandbox/start.ts';

export interface OwnTemporal {
  readonly address: string;
  readonly uiUrl: string;
  /** The file with its state, and whether it existed before. */
  readonly file: string;
  readonly known: boolean;
  stop(): Promise<void>;
}

const PORTS = ['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics'];

/**
 * A Temporal dev server for the user's own cluster. Unlike a test's server it keeps its state and its ports, so that
 * releases continue after a restart of `npm start`.
 */
export async function startOwnTemporal(home: string, say: (line: string) => void): Promise<OwnTemporal> {
  const stateDir = join(home, 'temporal');
  mkdirSync(stateDir, { recursive: true });
  // A process that a killed start left may lock the file.
  await stopAllMarked(stateDir);
  const { path } = await acquireBinary('temporal', { onProgress: say });
  const state = readState(stateDir) ?? (await newState(path));
  state.binaries['temporal'] = path;
  const file = join(stateDir, 'temporal.db');
  const known = existsSync(file);
  await startUntilReady(stateDir, state, 'temporal');
  writeState(stateDir, state);
  const at = (name: string) => `127.0.0.1:${state.ports[name]}`;
  return {
    address: at('temporal'),
    uiUrl: `http://${at('temporal-ui')}`,
    file,
    known,
    stop: async () => void (await stopAllMarked(stateDir)),
  };
}

async function newState(path: string): Promise<SandboxState> {
  const { ports } = await claimPorts(PORTS);
  return {
    name: 'temporal',
    range: 0,
    ports,
    tokens: {},
    parts: {},
    binaries: { temporal: path },
    rps: 0,
    ready: true,
  };
}
