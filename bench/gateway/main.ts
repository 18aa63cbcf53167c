import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/root.mjs';
import { short } from '../tools/figures.ts';
import { startMcpProxy, startSluice, startSupergateway, startUpstream, type Contender } from './contenders.ts';
import { startHttpUpstream } from './http-upstream.ts';
import { startContextForge } from './context-forge.ts';
import { added, lastLine } from './last-line.ts';
import { CALLERS, direct, idleSessions, through, type Amount, type Figures } from './measure.ts';
import { installPeers, type Programs } from './peers.ts';
import { starts, type Starts } from './starts.ts';
import { toHttp } from './to-http.ts';

const SESSIONS = 1_000;
const FOLDER = join(ROOT, '.sluice', 'bench-gateway');
const began = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

process.exit(await main());

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const amount = values.quick ? { calls: 200, ms: 500, starts: 3 } : { calls: 1_000, ms: 10_000, starts: 10 };
  const programs = await installPeers(FOLDER, say);
  const figures = await measured(programs, amount, values.quick);
  const firstAnswers = await starts(programs, amount.starts);
  say('starts: measured');
  const bridges = await toHttp(programs, amount, say);
  const memory = await memoryOfSessions();
  console.log(`\n${table(figures)}\n`);
  console.log(`From a stdio client to the same server over HTTP:\n\n${timesOf(bridges)}\n`);
  console.log(startsLine(firstAnswers));
  console.log(lastLine(figures, SESSIONS, memory));
  return 0;
}

async function measured(programs: Programs, amount: Amount, quick: boolean): Promise<readonly Figures[]> {
  const figures = [await direct(programs.upstream, amount)];
  const [command = '', ...args] = programs.upstream;
  const contenders: readonly (() => Promise<Contender>)[] = [
    () => startSluice({ transport: 'stdio', command, args, env: {} }),
    () => startSupergateway(programs),
    () => startMcpProxy(programs),
  ];
  for (const start of contenders) figures.push(await measuredOf(start, amount));
  if (quick) say('ContextForge: left out with --quick, because its start takes half a minute');
  else figures.push(...(await contextForge(programs, amount)));
  return figures;
}

async function measuredOf(start: () => Promise<Contender>, amount: Amount): Promise<Figures> {
  const contender = await start();
  try {
    const figures = await through(contender, amount);
    say(`${contender.name}: measured${figures.failed === undefined ? '' : ` until ${figures.failed}`}`);
    return figures;
  } finally {
    await contender.stop();
  }
}

/** It needs Python, and twice the time of all others. Where it cannot be had, the others are compared without it. */
async function contextForge(programs: Programs, amount: Amount): Promise<readonly Figures[]> {
  const upstream = await startUpstream(programs);
  try {
    return [await measuredOf(() => startContextForge(upstream.url, join(FOLDER, 'contextforge'), say), amount)];
  } catch (error) {
    say(`ContextForge: left out, because it does not work here: ${String(error)}`);
    return [];
  } finally {
    await upstream.stop();
  }
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

function table(figures: readonly Figures[]): string {
  const rows = figures.map((one) =>
    [
      one.name.padEnd(14),
      one.p50.toFixed(2),
      added(one, figures).toFixed(2),
      ...CALLERS.map((callers) => short(one.rates[callers] ?? NaN)),
    ].join('\t'),
  );
  const head = ['contender     ', 'p50 ms', 'added', ...CALLERS.map((callers) => `calls/s at ${callers}`)];
  return [head.join('\t'), ...rows].join('\n');
}

function timesOf(figures: readonly Figures[]): string {
  const rows = figures.map((one) =>
    [one.name.padEnd(14), one.p50.toFixed(2), added(one, figures).toFixed(2)].join('\t'),
  );
  return ['contender     \tp50 ms\tadded', ...rows].join('\n');
}

function startsLine({ direct, sluice }: Starts): string {
  const [alone, behind] = [direct, sluice].map((ms) => `${Math.round(ms)} ms`);
  return `start to first answer over stdio: direct ${alone}, behind sluice ${behind}, x${(sluice / direct).toFixed(2)}`;
}
