import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, toTheEnd } from '../to-the-end.ts';
import { ROOT } from '../../scripts/root.mjs';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { raise } from '../live/stack.ts';
import { Place } from './place.ts';
import { readShapes, type Shape } from './shape.ts';
import { page, summary, table } from './table.ts';
import { walkAll, type Found } from './walk.ts';

interface Options {
  readonly shapes: readonly Shape[];
  readonly planOnly: boolean;
  readonly lanes: number;
  readonly write: boolean;
}

process.exit(await toTheEnd(main));

async function main(closers: Closers, signal: AbortSignal): Promise<number> {
  const options = read();
  const { sandbox, link } = await raise('shapes', closers, signal, say);
  const how = { place: new Place(sandbox), caller: link, planOnly: options.planOnly };
  const all = await walkAll(how, options.shapes, options.lanes, ({ shape, end, says }, count) => {
    // What an interruption cuts off has not stumbled.
    if (signal.aborted) return;
    say(`${count} of ${options.shapes.length}: ${shape.name}: ${end}${end === 'stumbled' ? `: ${says}` : ''}`);
  });
  console.log(`\n${table(all)}\n\n${summary(all)}`);
  if (options.write) write(all);
  return all.some(({ end }) => end === 'stumbled') ? 1 : 0;
}

function read(): Options {
  const { values } = parseArgs({
    options: {
      plan: { type: 'boolean', default: false },
      shape: { type: 'string', multiple: true },
      lanes: { type: 'string', default: '4' },
      write: { type: 'boolean', default: false },
    },
  });
  const lanes = Number(values.lanes);
  if (!Number.isInteger(lanes) || lanes < 1) throw new Error('--lanes is a whole number above 0.');
  const all = readShapes();
  const unknown = (values.shape ?? []).find((name) => !all.some((shape) => shape.name === name));
  if (unknown !== undefined)
    throw new Error(`--shape ${unknown}: there are ${all.map(({ name }) => name).join(', ')}.`);
  const shapes = all.filter(({ name }) => values.shape?.includes(name) ?? true);
  if (values.write && values.plan) throw new Error('--write needs shapes that are released: leave out --plan.');
  return { shapes, planOnly: values.plan, lanes, write: values.write };
}

/** Rows of shapes that were not tried now stay as they are. */
function write(all: readonly Found[]): void {
  const file = join(ROOT, 'docs', 'shapes.md');
  const names = readShapes().map(({ name }) => name);
  writeFileSync(file, page(all, names, existsSync(file) ? readFileSync(file, 'utf8') : ''));
}
