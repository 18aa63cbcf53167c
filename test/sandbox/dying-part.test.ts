import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { sandboxUp } from '../../sandbox/index.ts';
import { stateDirOf } from '../../sandbox/place.ts';
import { markedProcesses } from '../../sandbox/processes/proc.ts';
import { createHome, START_MS } from './living.ts';

const place = createHome();

afterEach(async () => {
  delete process.env['SLUICE_BIN_PROMETHEUS'];
  expect(await place.clear('dying')).toEqual([]);
});

test(
  'a part that dies while the sandbox starts is named at once, with the end of its log, and nothing is left running',
  async () => {
    const broken = join(place.home, 'prometheus');
    writeFileSync(broken, '#!/bin/sh\nsleep 1\necho "boom: the disk is on fire"\nexit 3\n');
    chmodSync(broken, 0o755);
    process.env['SLUICE_BIN_PROMETHEUS'] = broken;
    const said: [number, string][] = [];

    await expect(
      sandboxUp({ name: 'dying', home: place.home, onProgress: (line) => said.push([Date.now(), line]) }),
    ).rejects.toThrow(/prometheus exited with 3[^]*boom: the disk is on fire/);

    expect(markedProcesses(stateDirOf({ name: 'dying', home: place.home }))).toEqual([]);
  },
  START_MS,
);
