import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/root.mjs';
import { Closers } from '../../src/entry/demo/closers.ts';
import { document, tables } from './report.ts';
import { run, type Options } from './run.ts';
import { raiseSandbox } from './stack.ts';

const began = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);

process.exit(await main());

async function main(): Promise<number> {
  const closers = new Closers();
  const stop = (): void => void closers.run(say).then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    const { sandbox, write, ...wanted } = options();
    const results = await run(await raiseSandbox(sandbox, closers, say), wanted, closers, say);
    console.log(`\n${tables(results)}\n`);
    if (write) writeFileSync(join(ROOT, 'docs', 'bench-tools.md'), document(results, wanted.calls));
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await closers.run(say);
  }
}

function options(): Options & { sandbox: string | undefined; write: boolean } {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '1,100,1000' },
      calls: { type: 'string', default: '100' },
      starts: { type: 'string', default: '7' },
      peers: { type: 'boolean', default: true },
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
    sandbox: values.sandbox,
    write: values.write,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} ${text}: give whole numbers above 0.`);
}
