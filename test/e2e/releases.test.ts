import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Board, say } from '../support/releases-board.ts';
import { folderOf } from '../support/releases-lane.ts';
import { Run, type Sizes } from '../support/releases-run.ts';
import type { LaneKind } from '../support/releases-scenario.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { everyScenario, scenariosOf } from './scenarios.ts';
import { isLeftToMatrix, STATES_BY_FAULTS } from './states-by-faults.ts';

const MINUTES = 60_000;
/** For a developer: only the scenarios whose names match. The table is then not complete, and not checked. */
const ONLY = process.env['SLUICE_E2E_ONLY'];
/** Set by `npm run matrix`: every cell of the table, and nothing but cells. */
const MATRIX = process.env['SLUICE_MATRIX'] === '1';

const scenarios = scenariosOf(
  ({ name, cells }) => new RegExp(ONLY ?? '').test(name) && (MATRIX ? cells.length > 0 : !cells.some(isLeftToMatrix)),
);
const names = everyScenario(scenarios).map(({ name }) => name);
const board = new Board(everyScenario(scenarios), {
  ...STATES_BY_FAULTS,
  ...(MATRIX ? {} : { isLeftOut: isLeftToMatrix }),
});

const needs = (...kinds: LaneKind[]) => everyScenario(scenarios).some(({ lane }) => kinds.includes(lane));
const sizes: Sizes = {
  steady: 7,
  chaos: needs('chaos', 'together') ? 4 : 0,
  stopped: needs('stopped') ? 1 : 0,
  settings: needs('settings') ? 1 : 0,
};

let run: Run;
let played: Promise<void>;

beforeAll(async () => {
  run = new Run(await sharedSandbox());
  await run.open(sizes);
  played = play().catch((error: unknown) => board.close(error));
}, 10 * MINUTES);

/** First everything that runs side by side, then one outage after the other. */
async function play(): Promise<void> {
  await run.sideBySide(scenarios.atOnce, board);
  for (const { says, scenarios: together, strike } of scenarios.rounds) {
    say(says);
    await Promise.all([run.together(together, board), strike(run)]);
  }
}

afterAll(async () => {
  await run?.close();
}, 2 * MINUTES);

describe('whole releases, side by side under load', () => {
  test.each(names)('%s', (name) => board.resultOf(name), (MATRIX ? 60 : 20) * MINUTES);

  test('every application had requests for the whole length', async () => {
    await played;
    const rate = await run.rate();
    say(`${rate.toFixed(1)} requests/s on average`);
    // The generator aims at 200. A busy machine sends fewer.
    expect(rate).toBeGreaterThan(50);
    expect(rate).toBeLessThan(205);
  });

  test('no worker and no server ended but by SIGKILL', () => {
    const ends = run.lanes.flatMap(({ workers, server }) => [
      ...workers.flatMap((worker) => worker.ends.filter((end) => end !== 'SIGKILL')),
      ...server.ends,
    ]);
    expect(ends).toEqual([]);
  });

  (ONLY ? test.skip : test)('every state met every fault, with both strategies', () => {
    const table = board.matrix.markdown();
    writeFileSync(join(folderOf(run.sandbox), 'states-by-faults.md'), table);
    process.stderr.write(`\n${table}\n`);
    expect({
      empty: board.matrix.empty(),
      outside: board.matrix.marksOutsideTable(),
      contradictions: board.matrix.contradictions(),
    }).toEqual({ empty: [], outside: [], contradictions: [] });
  });
});
