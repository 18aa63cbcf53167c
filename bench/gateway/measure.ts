import { Agent } from 'node:http';
import { percentile } from '../tools/figures.ts';
import { residentMib } from '../tools/memory.ts';
import { StdioWire } from '../tools/stdio-wire.ts';
import { handshake } from '../tools/wire.ts';
import type { Contender } from './contenders.ts';
import { Session } from './session.ts';

/** How much is measured. `calls`: one after the other. `ms`: duration with several at once. */
export interface Amount {
  readonly calls: number;
  readonly callers: number;
  readonly ms: number;
}

export interface Figures {
  readonly name: string;
  /** Time of one call, in ms. */
  readonly p50: number;
  /** Calls per second with several callers at once. NaN for the direct connection. */
  readonly rate: number;
}

const WARM = 30;

/** The upstream without anything in between: over its own pipes. */
export async function direct(command: readonly string[], amount: Amount): Promise<Figures> {
  const [program = '', ...args] = command;
  return overPipes('direct', { command: program, args, env: process.env }, amount);
}

/** A program that serves one client over its pipes. */
export async function overPipes(
  name: string,
  launch: ConstructorParameters<typeof StdioWire>[0],
  { calls }: Pick<Amount, 'calls'>,
): Promise<Figures> {
  const wire = new StdioWire(launch);
  try {
    await handshake(wire);
    const call = async (): Promise<number> =>
      (await wire.request('tools/call', { name: 'echo', arguments: { message: 'hello' } })).ms;
    return { name, p50: await median(call, calls), rate: NaN };
  } finally {
    await wire.close();
  }
}

/** A server over HTTP, one call after the other in one session. */
export async function overHttp({ name, url }: Contender, { calls }: Pick<Amount, 'calls'>): Promise<Figures> {
  const session = await Session.open(url);
  try {
    return { name, p50: await median(() => session.call(), calls), rate: NaN };
  } finally {
    session.close();
  }
}

/** One session: first one call after the other, then as many at once as `callers` says. */
export async function through({ name, url }: Contender, { calls, callers, ms }: Amount): Promise<Figures> {
  const session = await Session.open(url);
  const p50 = await median(() => session.call(), calls);
  let done = 0;
  const until = performance.now() + ms;
  const caller = async (): Promise<void> => {
    for (; performance.now() < until; done += 1) await session.call();
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const rate = done / ((performance.now() - began) / 1_000);
  session.close();
  return { name, p50, rate };
}

async function median(call: () => Promise<number>, calls: number): Promise<number> {
  for (let turn = 0; turn < WARM; turn += 1) await call();
  const times: number[] = [];
  for (let turn = 0; turn < calls; turn += 1) times.push(await call());
  return percentile(times, 0.5);
}

/** Memory of a gateway with open sessions that nobody uses, in MiB. */
export async function idleSessions({ url, pid }: Contender, sessions: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  for (let opened = 0; opened < sessions; opened += 20)
    await Promise.all(Array.from({ length: 20 }, () => Session.open(url, agent)));
  agent.destroy();
  return residentMib(pid);
}
