import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, Name, Question } from './contenders.ts';
import type { Sample } from './figures.ts';
import { handshake, type Answer, type Wire } from './wire.ts';

/** A contender with one kind of connection. */
export interface Line {
  readonly contender: Contender;
  readonly wire: Wire;
}

export type Samples = Readonly<Partial<Record<Name, readonly Sample[]>>>;

/** Calls without a pause, or with a pause in which a rate limit of the server recovers. */
export type Pace = 'in a row' | 'now and then';

const WARM_UP = 3;
const PAUSE_MS = 300;

type Ask = (line: Line, round: number) => Promise<Answer>;

export async function atPace(pace: Pace, lines: readonly Line[], calls: number, ask: Ask): Promise<Samples> {
  for (const line of lines) for (let round = 0; round < WARM_UP; round += 1) await ask(line, round);
  return pace === 'in a row' ? inRows(lines, calls, ask) : inTurns(lines, calls, ask);
}

/** Calls every line in turn, and changes which one begins, so that drift during the run affects all. */
async function inTurns(lines: readonly Line[], calls: number, ask: Ask): Promise<Samples> {
  const samples: Partial<Record<Name, Sample[]>> = {};
  for (let round = 0; round < calls; round += 1) {
    const first = round % lines.length;
    for (const line of [...lines.slice(first), ...lines.slice(0, first)]) keep(samples, line, await ask(line, round));
    await sleep(PAUSE_MS);
  }
  return samples;
}

async function inRows(lines: readonly Line[], calls: number, ask: Ask): Promise<Samples> {
  const samples: Partial<Record<Name, Sample[]>> = {};
  for (const line of lines) for (let round = 0; round < calls; round += 1) keep(samples, line, await ask(line, round));
  return samples;
}

function keep(samples: Partial<Record<Name, Sample[]>>, { contender }: Line, { ms, bytes }: Answer): void {
  (samples[contender.name] ??= []).push({ ms, bytes });
}

export function listTools({ wire }: Line): Promise<Answer> {
  return wire.request('tools/list', {});
}

export interface Place {
  readonly namespace: string;
  readonly names: readonly string[];
}

/** Calls a tool, and throws for an answer that is an error. */
export async function askTool(
  { contender, wire }: Line,
  question: Question,
  { namespace, names }: Place,
  round: number,
): Promise<Answer> {
  // A different object each time, so that no answer comes from a cache of the previous one.
  const object = names[(round * 37) % names.length] ?? '';
  const call = contender.ask(question, namespace, object);
  if (!call) throw new Error(`${contender.name} has no ${question}`);
  const answer = await wire.request('tools/call', call);
  const text = JSON.stringify(answer.result);
  const wanted = question === 'status' ? [object] : [names[0] ?? '', names.at(-1) ?? ''];
  if (answer.result['isError'] === true || !wanted.every((name) => text.includes(name)))
    throw new Error(`${contender.name} did not answer ${question}: ${text.slice(0, 300)}`);
  return answer;
}

export interface Start {
  /** From the start of the process until the answer to `initialize`. */
  readonly readyMs: number;
  /** … until the answer to the first list of Rollouts. */
  readonly firstListMs: number;
}

export async function start(contender: Contender, open: () => Wire, place: Place): Promise<Start> {
  const began = performance.now();
  const wire = open();
  try {
    await handshake(wire);
    const readyMs = performance.now() - began;
    await askTool({ contender, wire }, 'list', place, 0);
    return { readyMs, firstListMs: performance.now() - began };
  } finally {
    await wire.close();
  }
}
