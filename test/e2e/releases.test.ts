import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { temporalOutage } from '../chaos/temporal-outage.ts';
import { workerKills } from '../chaos/worker-kills.ts';
import { Board, say } from '../support/releases-board.ts';
import { folderOf } from '../support/releases-lane.ts';
import { Run } from '../support/releases-run.ts';
import { sharedSandbox } from '../support/sandbox.ts';
import { commands } from './commands.ts';
import { interference } from './interference.ts';
import { outcomes } from './outcomes.ts';
import { pauses } from './pauses.ts';
import { questions } from './questions.ts';
import { STATES_BY_FAULTS } from './states-by-faults.ts';

const MINUTES = 60_000;
/** For a developer: only the scenarios whose names match. The table is then not complete, and not checked. */
const ONLY = process.env['SLUICE_E2E_ONLY'];

const chosen = ({ name }: { name: string }) => new RegExp(ONLY ?? '').test(name);
const atOnce = [...workerKills, ...interference, ...pauses, ...commands, ...questions, ...outcomes].filter(chosen);
const outage = temporalOutage(chosen);
const names = [...atOnce, ...outage.scenarios].map(({ name }) => name);
const board = new Board([...atOnce, ...outage.scenarios], STATES_BY_FAULTS);

let run: Run;
let played: Promise<void>;

beforeAll(async () => {
  run = new Run(await sharedSandbox());
  await run.open({ steady: 7, chaos: 4, settings: 1 });
  played = play().catch((error: unknown) => board.close(error));
}, 5 * MINUTES);

/**
 * First everything that runs side by side, then Temporal goes away under one release of each strategy in each state.
 */
async function play(): Promise<void> {
  await run.sideBySide(atOnce, board);
  if (outage.scenarios.length === 0) return;
  say('Temporal goes away as soon as every release is in its state');
  await Promise.all([run.together(outage.scenarios, board), outage.strike(run)]);
}

afterAll(async () => {
  await run?.close();
}, 2 * MINUTES);

describe('whole releases, side by side under load', () => {
  test.each(names)('%s', (name) => board.resultOf(name), 20 * MINUTES);

  test('the load was steady for the whole length', async () => {
    await played;
    const rate = await run.rate();
    say(`${rate.toFixed(1)} requests/s on average`);
    expect(rate).toBeGreaterThan(190);
    expect(rate).toBeLessThan(205);
  });

  test('no worker and no server ended but by SIGKILL', () => {
    const ends = run.lanes.flatMap(({ worker, server }) => [
      ...worker.ends.filter((end) => end !== 'SIGKILL'),
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
