import { Agent } from 'node:http';
import { percentile } from '../tools/figures.ts';
import { residentMib } from '../tools/memory.ts';
import { StdioWire } from '../tools/stdio-wire.ts';
import { handshake } from '../tools/wire.ts';
import type { Contender } from './contenders.ts';
import { Session } from './session.ts';

/** How much is measured. `calls`: one after the other. `ms`: for each number of callers. `starts`: how many of them. */
export interface Amount {
  readonly calls: number;
  readonly ms: number;
  readonly starts: number;
}

/** How many call at once. */
export const CALLERS = [1, 8, 32, 256] as const;
export type CallerCount = (typeof CALLERS)[number];

export interface Figures {
  readonly name: string;
  /** Time of one call, in ms. */
  readonly p50: number;
  /** Calls per second by the number of callers at once. Empty for a connection over pipes. */
  readonly rates: Readonly<Partial<Record<CallerCount, number>>>;
  /** With how many callers a call failed, and why. More callers were not tried. */
  readonly failed?: string;
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
    return { name, p50: await median(call, calls), rates: {} };
  } finally {
    await wire.close();
  }
}

/** A server over HTTP, one call after the other in one session. */
export async function overHttp(contender: Contender, { calls }: Pick<Amount, 'calls'>): Promise<Figures> {
  const session = await Session.open(contender);
  try {
    return { name: contender.name, p50: await median(() => session.call(), calls), rates: {} };
  } finally {
    session.close();
  }
}

/** One session: first one call after the other, then with each number of callers at once. */
export async function through(contender: Contender, { calls, ms }: Amount): Promise<Figures> {
  const session = await Session.open(contender);
  try {
    const p50 = await median(() => session.call(), calls);
    const rates: Partial<Record<CallerCount, number>> = {};
    for (const callers of CALLERS) {
      // The last line of the output tells the rate of 32 callers.
      const rate = await rateOf(session, callers, callers === 32 ? 3 * ms : ms).catch((error: unknown) =>
        String(error),
      );
      if (typeof rate === 'string') return { name: contender.name, p50, rates, failed: `${callers} callers: ${rate}` };
      rates[callers] = rate;
    }
    return { name: contender.name, p50, rates };
  } finally {
    session.close();
  }
}

async function rateOf(session: Session, callers: number, ms: number): Promise<number> {
  let done = 0;
  const began = performance.now();
  const until = began + ms;
  const caller = async (): Promise<void> => {
    for (; performance.now() < until; done += 1) await session.call();
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return done / ((performance.now() - began) / 1_000);
}

/** From the start of a program that serves over its pipes to its first answer to a call, in ms. The median. */
export async function firstAnswer(launch: ConstructorParameters<typeof StdioWire>[0], starts: number): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < starts; turn += 1) {
    const began = performance.now();
    const wire = new StdioWire(launch);
    try {
      await handshake(wire);
      await wire.request('tools/call', { name: 'echo', arguments: { message: 'hello' } });
      times.push(performance.now() - began);
    } finally {
      await wire.close();
    }
  }
  return percentile(times, 0.5);
}

async function median(call: () => Promise<number>, calls: number): Promise<number> {
  for (let turn = 0; turn < WARM; turn += 1) await call();
  const times: number[] = [];
  for (let turn = 0; turn < calls; turn += 1) times.push(await call());
  return percentile(times, 0.5);
}

/** Memory of a gateway with open sessions that nobody uses, in MiB. */
export async function idleSessions(contender: Contender, sessions: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  for (let opened = 0; opened < sessions; opened += 20)
    await Promise.all(Array.from({ length: 20 }, () => Session.open(contender, agent)));
  agent.destroy();
  return residentMib(contender.pid);
}
