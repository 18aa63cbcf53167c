import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, toTheEnd } from './to-the-end.ts';
import { ROOT } from '../scripts/root.mjs';
import type { Closers } from '../src/entry/demo/closers.ts';
import { Cluster } from './cluster.ts';
import { pluginStart, throughMcp, throughPlugin, type Contender } from './contenders.ts';
import { measure, type Round } from './measure.ts';
import { document, table, type Results } from './report.ts';
import { raise, RPS, type Stack } from './stack.ts';

const MIN_PAIRS = 10;
process.exit(await toTheEnd(main));

async function main(closers: Closers): Promise<number> {
  const { pairs, write } = options();
  const results = await run(await raise(closers, say), pairs);
  console.log(`\n${table(results)}\n`);
  if (write) writeFileSync(join(ROOT, 'docs', 'bench.md'), document(results));
  return 0;
}

function options(): { pairs: number; write: boolean } {
  const { values } = parseArgs({
    options: { pairs: { type: 'string', default: String(MIN_PAIRS) }, write: { type: 'boolean', default: false } },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw new Error(
      `--pairs ${values.pairs} is not a count. Give a whole number, ${MIN_PAIRS} or more for figures that count.`,
    );
  return { pairs, write: values.write };
}

async function run({ sandbox, link, plugin, versions }: Stack, pairs: number): Promise<Results> {
  const cluster = new Cluster(sandbox);
  await cluster.watchWeight();
  const contenders = [throughMcp(link, sandbox), throughPlugin(plugin, sandbox, cluster)];
  const rounds: Record<Contender['name'], Round[]> = { sluice: [], plugin: [] };
  const starts: number[] = [];
  const busy: number[] = [];
  say(`${pairs} pairs, about ${Math.round((pairs * 50) / 60)} minutes`);
  for (let pair = 0; pair < pairs; pair += 1) {
    // The contenders take turns to begin, so that drift during the run affects both.
    for (const contender of pair % 2 === 0 ? contenders : contenders.toReversed()) {
      const round = await measure(contender, cluster, sandbox, `b${pair}-${contender.name}`);
      rounds[contender.name].push(round);
      say(
        `pair ${pair + 1} of ${pairs}, ${contender.name}: abort ${Math.round(round.abortMs)} ms, promote ${Math.round(round.promoteMs)} ms`,
      );
    }
    starts.push(await pluginStart(plugin));
    busy.push(loadavg()[0] ?? 0);
  }
  const of = (key: keyof Round) => ({
    sluice: rounds.sluice.map((round) => round[key]),
    plugin: rounds.plugin.map((round) => round[key]),
  });
  return {
    abort: of('abortMs'),
    abortWritten: of('abortWrittenMs'),
    promote: of('promoteMs'),
    abortCall: of('abortCallMs'),
    promoteCall: of('promoteCallMs'),
    pluginStart: starts,
    rps: RPS,
    versions,
    busy,
  };
}
