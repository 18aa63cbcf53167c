import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { percentile } from './figures.ts';
import type { StdioWire } from './stdio-wire.ts';

/** One question: through Sluice over stdio, and with the program. Medians in ms. */
export interface ProgramRow {
  readonly question: string;
  readonly sluiceMs: number;
  readonly programMs: number;
}

export interface ProgramQuestion {
  /** As a user of the program asks it: `helm list`. */
  readonly name: string;
  /** The arguments of `tools/call`. */
  readonly tool: { readonly name: string; readonly arguments: object };
  readonly args: readonly string[];
  /** What both answers have to contain. */
  readonly contains: string;
}

export interface Program {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The two take turns. A wrong answer of either one ends the run. */
export async function besideProgram(
  questions: readonly ProgramQuestion[],
  wire: StdioWire,
  program: Program,
  calls: number,
): Promise<ProgramRow[]> {
  const rows: ProgramRow[] = [];
  for (const question of questions) rows.push(await measured(question, wire, program, calls));
  return rows;
}

async function measured(
  question: ProgramQuestion,
  wire: StdioWire,
  program: Program,
  calls: number,
): Promise<ProgramRow> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round <= calls; round += 1) {
    const [sluiceMs, programMs] = [await askSluice(question, wire), await askProgram(question, program)];
    // The first round warms both up.
    if (round === 0) continue;
    ours.push(sluiceMs);
    theirs.push(programMs);
  }
  return { question: question.name, sluiceMs: percentile(ours, 0.5), programMs: percentile(theirs, 0.5) };
}

async function askSluice({ name, tool, contains }: ProgramQuestion, wire: StdioWire): Promise<number> {
  const { result, ms } = await wire.request('tools/call', tool);
  const text = JSON.stringify(result);
  if (result['isError'] === true || !text.includes(contains))
    throw new Error(`Sluice did not answer ${name}: ${text.slice(0, 300)}`);
  return ms;
}

async function askProgram({ name, args, contains }: ProgramQuestion, { path, env }: Program): Promise<number> {
  const began = performance.now();
  const { stdout, stderr } = await promisify(execFile)(path, [...args], { env });
  const ms = performance.now() - began;
  if (!stdout.includes(contains))
    throw new Error(`The program did not answer ${name}: ${(stdout + stderr).slice(0, 300)}`);
  return ms;
}
