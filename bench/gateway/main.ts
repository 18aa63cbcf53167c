import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/root.mjs';
import { short } from '../tools/figures.ts';
import { startMcpProxy, startSluice, startSupergateway, type Contender } from './contenders.ts';
import { startHttpUpstream } from './http-upstream.ts';
import { direct, idleSessions, through, type Amount, type Figures } from './measure.ts';
import { installPeers, type Programs } from './peers.ts';
import { toHttp } from './to-http.ts';

const SESSIONS = 1_000;
const began = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

process.exit(await main());

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const amount = values.quick ? { calls: 200, callers: 32, ms: 2_000 } : { calls: 1_000, callers: 32, ms: 10_000 };
  const programs = await installPeers(join(ROOT, '.sluice', 'bench-gateway'), say);
  const figures = await measured(programs, amount);
  const bridges = await toHttp(programs, amount, say);
  const memory = await memoryOfSessions();
  console.log(`\n${table(figures)}\n`);
  console.log(`From a stdio client to the same server over HTTP:\n\n${timesOf(bridges)}\n`);
  console.log(lastLine(figures, memory));
  return 0;
}

async function measured(programs: Programs, amount: Amount): Promise<readonly Figures[]> {
  const figures = [await direct(programs.upstream, amount)];
  const [command = '', ...args] = programs.upstream;
  const starts: readonly (() => Promise<Contender>)[] = [
    () => startSluice({ transport: 'stdio', command, args, env: {} }),
    () => startSupergateway(programs),
    () => startMcpProxy(programs),
  ];
  for (const start of starts) {
    const contender = await start();
    try {
      figures.push(await through(contender, amount));
      say(`${contender.name}: measured`);
    } finally {
      await contender.stop();
    }
  }
  return figures;
}

async function memoryOfSessions(): Promise<number> {
  const upstream = await startHttpUpstream();
  const sluice = await startSluice({ transport: 'streamable-http', url: upstream.url, headers: {} });
  try {
    return await idleSessions(sluice, SESSIONS);
  } finally {
    await sluice.stop();
    upstream.close();
  }
}

function added({ p50 }: Figures, figures: readonly Figures[]): number {
  return p50 - (figures.find(({ name }) => name === 'direct')?.p50 ?? NaN);
}

function table(figures: readonly Figures[]): string {
  const rows = figures.map((one) =>
    [one.name.padEnd(14), one.p50.toFixed(2), added(one, figures).toFixed(2), short(one.rate)].join('\t'),
  );
  return ['contender     \tp50 ms\tadded\tcalls/s at 32', ...rows].join('\n');
}

function timesOf(figures: readonly Figures[]): string {
  const rows = figures.map((one) =>
    [one.name.padEnd(14), one.p50.toFixed(2), added(one, figures).toFixed(2)].join('\t'),
  );
  return ['contender     \tp50 ms\tadded', ...rows].join('\n');
}

/** Ratios to the best of the others: of the added time, below 1 is faster; of the calls, above 1 is more. */
function lastLine(figures: readonly Figures[], memory: number): string {
  const ours = figures.find(({ name }) => name === 'sluice');
  const peers = figures.filter(({ name }) => name !== 'sluice' && name !== 'direct');
  const [quickest] = peers.toSorted((a, b) => a.p50 - b.p50);
  const [busiest] = peers.toSorted((a, b) => b.rate - a.rate);
  if (!ours || !quickest || !busiest) throw new Error('nothing to compare with');
  const time = (added(ours, figures) / added(quickest, figures)).toFixed(2);
  const rate = (ours.rate / busiest.rate).toFixed(2);
  return `added p50 x${time} of ${quickest.name}, calls/s x${rate} of ${busiest.name}, ${SESSIONS} sessions ${short(memory)} MB`;
}
