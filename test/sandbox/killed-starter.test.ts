import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { sandboxDown, sandboxStatus } from '../../sandbox/index.ts';
import { stateDirOf } from '../../sandbox/place.ts';
import { markedProcesses } from '../../sandbox/processes/proc.ts';
import { createHome, START_MS, until } from './living.ts';
import type { Home } from './living.ts';

const main = join(import.meta.dirname, '..', '..', 'sandbox', 'main.ts');
let place: Home;

beforeEach(() => {
  place = createHome();
});

afterEach(async () => {
  expect(await place.clear('killed')).toEqual([]);
});

async function killStarterOnceRunning(processes: number): Promise<void> {
  const starter = spawn('node', [main, 'up', '--name', 'killed'], {
    env: { ...process.env, SLUICE_HOME: place.home },
    stdio: 'ignore',
  });
  const stateDir = stateDirOf({ name: 'killed', home: place.home });
  try {
    await until(`${processes} processes run`, () => markedProcesses(stateDir).length >= processes, START_MS);
  } finally {
    starter.kill('SIGKILL');
  }
}

test.each([1, 3, 6, 10])(
  'down ends everything after the starter was killed with %d processes running',
  async (processes) => {
    await killStarterOnceRunning(processes);

    const { stopped } = await sandboxDown({ name: 'killed', home: place.home });

    expect(stopped.length).toBeGreaterThan(0);
    expect(markedProcesses(stateDirOf({ name: 'killed', home: place.home }))).toEqual([]);
    expect((await sandboxStatus({ name: 'killed', home: place.home })).state).toBe('stopped');
  },
  START_MS,
);

test('down twice is no error', async () => {
  expect(await sandboxDown({ name: 'killed', home: place.home })).toEqual({ stopped: [] });
});
