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
  /** What its state is kept in; whether it was there before. */
  readonly file: string;
  readonly known: boolean;
  stop(): Promise<void>;
}

const PORTS = ['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics'];

/**
 * A Temporal dev server for somebody's own cluster. Unlike that of a test it keeps its state and its ports: releases go
 * on
 * after `npm start` was ended and started again.
 */
export async function startOwnTemporal(home: string, say: (line: string) => void): Promise<OwnTemporal> {
  const stateDir = join(home, 'temporal');
  mkdirSync(stateDir, { recursive: true });
  // What a killed start left running holds the file.
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
    applications: [],
    rps: 0,
    ready: true,
  };
}
