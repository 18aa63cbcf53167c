import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/root.mjs';
import { Closers } from '../../src/entry/demo/closers.ts';
import { contenders, raiseSandbox } from '../tools/stack.ts';
import { helmFor } from './chart.ts';
import { document, failures, lastLine, tables } from './report.ts';
import { run } from './run.ts';

const say = (line: string): void => console.error(line);

process.exit(await main());

/** Exit code 1: the run could not end, or Sluice did not do a task. */
async function main(): Promise<number> {
  const closers = new Closers();
  const stop = (): void => void closers.run(say).then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let last: string;
  let ours: readonly string[];
  try {
    const { values } = parseArgs({
      options: { sandbox: { type: 'string' }, write: { type: 'boolean', default: false } },
    });
    const sandbox = await raiseSandbox(values.sandbox, closers, say);
    const helm = await helmFor(sandbox, closers, say);
    Object.assign(process.env, helm.env);
    const settings = {
      MCP_ALLOW_WRITE: 'true',
      SLUICE_TOOLSETS: 'kubernetes,helm',
      SLUICE_HELM: helm.program,
      SLUICE_HELM_CHARTS: helm.charts,
    };
    const all = await contenders(sandbox, true, closers, say, settings, 'core,config,helm');
    const results = await run(sandbox, helm, all, closers, say);
    console.log(`\n${tables(results)}\n`);
    for (const line of failures(results)) console.log(`not done: ${line}`);
    if (values.write) writeFileSync(join(ROOT, 'docs', 'bench-tasks.md'), document(results));
    last = lastLine(results);
    ours = failures(results).filter((line) => line.startsWith('sluice'));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await closers.run(say);
  }
  console.log(last);
  return ours.length > 0 ? 1 : 0;
}
