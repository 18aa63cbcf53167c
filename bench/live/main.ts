import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, toTheEnd } from '../to-the-end.ts';
import { ROOT } from '../../scripts/root.mjs';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { Queue } from './queue.ts';
import { lines, page, sums, table } from './report.ts';
import { Results, type LiveRun } from './results.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { Slot, type Where } from './slot.ts';
import { raise, RESULTS } from './stack.ts';

interface Options {
  readonly runs: number;
  readonly slots: number;
  readonly scenarios: readonly Scenario[];
  readonly fresh: boolean;
  readonly write: boolean;
}

/** After this number of consecutive disturbed runs of one application the bench stops, because it is no accident. */
const MAX_DISTURBED = 3;
const PUBLISHED = join(ROOT, 'docs', 'bench-live.json');
process.exit(await toTheEnd(main));

async function main(closers: Closers, signal: AbortSignal): Promise<number> {
  const options = read();
  if (options.fresh && existsSync(RESULTS)) renameSync(RESULTS, `${RESULTS}.old`);
  const results = new Results(RESULTS, options.fresh ? [] : written());
  const queue = new Queue(options.scenarios, results, options.runs);
  say(`${results.runs.length} runs are there, ${queue.leftOver} to go; kept in ${RESULTS}`);
  if (queue.leftOver > 0) await runAll(await raise('bench-live', closers, signal, say), queue, results, options.slots);
  show(results, options.write);
  return 0;
}

/** The runs of the published page, so that another machine goes on from there. */
function written(): readonly LiveRun[] {
  return JSON.parse(readFileSync(PUBLISHED, 'utf8')) as readonly LiveRun[];
}

function read(): Options {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '20' },
      slots: { type: 'string', default: '8' },
      scenario: { type: 'string', multiple: true },
      fresh: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const [runs, slots] = [Number(values.runs), Number(values.slots)];
  if (![runs, slots].every((count) => Number.isInteger(count) && count >= 0) || slots < 1)
    throw new Error('--runs and --slots are whole numbers; give at least one slot.');
  const names = SCENARIOS.map(({ id }) => id);
  const unknown = (values.scenario ?? []).find((id) => !names.includes(id));
  if (unknown !== undefined) throw new Error(`--scenario ${unknown}: there are ${names.join(', ')}.`);
  return {
    runs,
    slots,
    scenarios: SCENARIOS.filter(({ id }) => values.scenario?.includes(id) ?? true),
    fresh: values.fresh,
    write: values.write,
  };
}

async function runAll(where: Where, queue: Queue, results: Results, slots: number): Promise<void> {
  await Promise.all(
    Array.from({ length: slots }, (_, index) => work(new Slot(where, `live-${index + 1}`), queue, results)),
  );
}

async function work(slot: Slot, queue: Queue, results: Results): Promise<void> {
  let disturbed = 0;
  for (let next = queue.next(slot.kind); next; next = queue.next(slot.kind)) {
    const run = await slot.run(next.scenario, next.seed);
    queue.done(next.scenario);
    results.add(run);
    if (run.outcome === 'disturbed' && (disturbed += 1) >= MAX_DISTURBED)
      throw new Error(`${disturbed} runs of one application in a row were disturbed, the last by: ${run.reason}`);
    if (run.outcome !== 'disturbed') disturbed = 0;
    say(
      `${run.scenario}, seed ${run.seed}: ${run.outcome} after ${run.seconds.toFixed(0)} s and ${run.requests} requests; ${queue.leftOver} to go, load ${run.loadAverage}`,
    );
  }
  await slot.rest();
}

function show({ runs }: Results, write: boolean): void {
  const all = lines(runs);
  console.log(`\n${table(all)}\n\n${sums(all)}\n`);
  if (!write) return;
  writeFileSync(join(ROOT, 'docs', 'bench-live.md'), page(runs, all));
  writeFileSync(PUBLISHED, `[\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n]\n`);
}
