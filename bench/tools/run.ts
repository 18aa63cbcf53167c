import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import type { Contender, Question } from './contenders.ts';
import { HttpWire } from './http-wire.ts';
import type { ProgramRow } from './beside-program.ts';
import type { PodsMemory } from './many-pods.ts';
import {
  askTool,
  atPace,
  listTools,
  start,
  type Line,
  type Pace,
  type Place,
  type Samples,
  type Start,
} from './measure.ts';
import { mostDuring, residentMib } from './memory.ts';
import { ManyRollouts } from './rollouts.ts';
import { SdkWire } from './sdk-wire.ts';
import { contenders as raise, serveHttp } from './stack.ts';
import { StdioWire } from './stdio-wire.ts';
import { handshake } from './wire.ts';

export const VIAS = ['stdio, raw', 'HTTP, raw', 'stdio, client', 'HTTP, client'] as const;
export type Via = (typeof VIAS)[number];

export interface Options {
  readonly sizes: readonly number[];
  readonly calls: number;
  readonly starts: number;
  readonly peers: boolean;
}

/** One row: a question, with one kind of connection, at one number of Rollouts. */
export interface Row {
  readonly via: Via;
  readonly pace: Pace;
  readonly question: Question | 'tools/list';
  readonly size: number;
  readonly samples: Samples;
}

export interface Memory {
  readonly size: number;
  readonly restMib: number;
  /** Maximum memory during one list call. */
  readonly mostMib: number;
}

/** What is measured beside the other servers. */
export interface Further {
  /** Reads of Helm and Flux, and the same with the programs. */
  readonly programs: readonly ProgramRow[];
  readonly pods: PodsMemory;
}

export interface Results {
  readonly rows: readonly Row[];
  readonly starts: Readonly<Record<string, readonly Start[]>>;
  readonly memory: Readonly<Record<string, readonly Memory[]>>;
  /** The machine's load average for each number of Rollouts, which shows other load. */
  readonly busy: readonly number[];
}

type Lines = Readonly<Record<Via, readonly Line[]>>;

export async function run(
  sandbox: Sandbox,
  options: Options,
  closers: Closers,
  say: (line: string) => void,
): Promise<Results> {
  const rollouts = new ManyRollouts(sandbox, `bench-tools-${process.pid}`);
  closers.add('Rollouts', () => rollouts.remove());
  const all = await raise(sandbox, options.peers, closers, say);
  const [first = 1] = options.sizes;
  await rollouts.grow(first);
  const starts = await startAll(all, options.starts, rollouts, say);
  const lines = await connect(all, closers);
  const results: Results = { rows: [], starts, memory: {}, busy: [] };
  for (const size of options.sizes) {
    say(`${size} Rollouts`);
    await rollouts.grow(size);
    await sleep(2_000);
    await measureSize(lines, size, rollouts, options.calls, results, say);
  }
  return results;
}

/** The figures with aims come from raw connections. Those of the client show its overhead. */
async function measureSize(
  lines: Lines,
  size: number,
  place: Place,
  calls: number,
  results: Results,
  say: (line: string) => void,
): Promise<void> {
  const add = (row: Row): void => void (results.rows as Row[]).push(row);
  (results.busy as number[]).push(loadavg()[0] ?? 0);
  for (const via of VIAS) {
    for (const [pace, count] of [
      ['in a row', calls],
      ['now and then', Math.ceil(calls / 4)],
    ] as const) {
      if (pace === 'in a row' && !via.endsWith('raw')) continue;
      add({ via, pace, question: 'tools/list', size, samples: await atPace(pace, lines[via], count, listTools) });
      for (const question of ['list', 'list-fresh', 'status'] as const) {
        const able = lines[via].filter(({ contender }) => contender.ask(question, '', '') !== undefined);
        add({
          via,
          pace,
          question,
          size,
          samples: await atPace(pace, able, count, (line, round) => askTool(line, question, place, round)),
        });
      }
      say(`${via}, ${pace}: done`);
    }
  }
  await remember(lines['stdio, raw'], size, place, results);
}

async function remember(lines: readonly Line[], size: number, place: Place, results: Results): Promise<void> {
  for (const line of lines) {
    const { pid } = line.wire as StdioWire;
    const restMib = residentMib(pid);
    const mostMib = await mostDuring(pid, () => askTool(line, 'list', place, 0));
    ((results.memory as Record<string, Memory[]>)[line.contender.name] ??= []).push({ size, restMib, mostMib });
  }
}

async function startAll(
  all: readonly Contender[],
  count: number,
  place: Place,
  say: (line: string) => void,
): Promise<Record<string, Start[]>> {
  const starts: Record<string, Start[]> = {};
  for (let round = 0; round < count; round += 1) {
    for (const contender of all)
      (starts[contender.name] ??= []).push(await start(contender, () => new StdioWire(contender.stdio), place));
  }
  say(`${count} starts of each: done`);
  return starts;
}

async function connect(all: readonly Contender[], closers: Closers): Promise<Lines> {
  const lines: Record<Via, Line[]> = { 'stdio, raw': [], 'HTTP, raw': [], 'stdio, client': [], 'HTTP, client': [] };
  for (const contender of all) {
    const { url } = await serveHttp(contender, closers);
    const wires = {
      'stdio, raw': new StdioWire(contender.stdio),
      'HTTP, raw': new HttpWire(url),
      'stdio, client': new SdkWire(contender.stdio),
      'HTTP, client': new SdkWire(url),
    };
    for (const via of VIAS) {
      closers.add(`${contender.name} (${via})`, () => wires[via].close());
      await handshake(wires[via]);
      lines[via].push({ contender, wire: wires[via] });
    }
  }
  return lines;
}
