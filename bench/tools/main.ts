import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, toTheEnd } from '../to-the-end.ts';
import { ROOT } from '../../scripts/root.mjs';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { document, tables } from './report.ts';
import { besideFlux } from './flux-program.ts';
import { besideHelm } from './helm-program.ts';
import { listManyPods } from './many-pods.ts';
import { run, type Further, type Options } from './run.ts';
import { contenders, raiseSandbox } from './stack.ts';

process.exit(await toTheEnd(main));

async function main(closers: Closers): Promise<number> {
  const { sandbox: named, write, programs, pods, ...wanted } = options();
  const sandbox = await raiseSandbox(named, closers, say);
  const further = programs ? await besidePrograms(sandbox, { ...wanted, pods }, closers, say) : undefined;
  const results = await run(sandbox, wanted, closers, say);
  console.log(`\n${tables(results, further)}\n`);
  if (write) writeFileSync(join(ROOT, 'docs', 'bench-tools.md'), document(results, wanted.calls, further));
  return 0;
}

/** What is compared with programs instead of servers, and the memory of a long list. */
async function besidePrograms(
  sandbox: Sandbox,
  { calls, pods: manyPods }: { readonly calls: number; readonly pods: number },
  closers: Closers,
  say: (line: string) => void,
): Promise<Further | undefined> {
  const [server] = await contenders(sandbox, false, closers, say, { SLUICE_TOOLSETS: 'kubernetes,helm,flux' });
  if (!server) return undefined;
  const rows = await besideHelm(sandbox, server.stdio, Math.ceil(calls / 4), closers, say);
  say('Helm: done');
  const flux = await besideFlux(sandbox, server.stdio, Math.ceil(calls / 4), closers, say);
  say('Flux: done');
  const pods = await listManyPods(sandbox, server.stdio, manyPods, closers);
  say(`${manyPods} pods: done`);
  return { programs: [...rows, ...flux], pods };
}

function options(): Options & { sandbox: string | undefined; write: boolean; programs: boolean; pods: number } {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '1,100,1000' },
      calls: { type: 'string', default: '100' },
      starts: { type: 'string', default: '7' },
      peers: { type: 'boolean', default: true },
      programs: { type: 'boolean', default: true },
      pods: { type: 'string', default: '5000' },
      sandbox: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  const sizes = values.sizes.split(',').map((text) => count('sizes', text));
  return {
    sizes,
    calls: count('calls', values.calls),
    starts: count('starts', values.starts),
    peers: values.peers,
    programs: values.programs,
    pods: count('pods', values.pods),
    sandbox: values.sandbox,
    write: values.write,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} ${text}: give whole numbers above 0.`);
}
