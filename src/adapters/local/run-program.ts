import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** In milliseconds. */
  readonly timeout: number;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program ended with an error, or could not be started. `missing`: there is no such program. */
export class ProgramFailure extends Error {
  readonly missing: boolean;
  /** The exit code. Absent if it was not started, or was ended. */
  readonly code?: number;
  constructor(message: string, { missing = false, code }: { missing?: boolean; code?: number } = {}) {
    super(message);
    this.missing = missing;
    if (code !== undefined) this.code = code;
  }
}

const MAX_LINE = 2_000;
/** The last lines that a failure contains. */
const LAST = 8;

/** Runs a program without a shell, and returns the lines of its output. Errors: ProgramFailure. */
export async function runProgram(call: ProgramCall): Promise<readonly string[]> {
  const { program, args, log, signal, timeout } = call;
  const child = spawn(program, args, {
    ...{ timeout, signal, killSignal: 'SIGTERM', stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, ...call.env },
  });
  const [out, all]: [string[], string[]] = [[], []];
  const keep = (text: string): string => {
    const line = maskSecrets(cleanText(text, MAX_LINE));
    all.push(line);
    if (all.length > LAST) all.shift();
    log(line);
    return line;
  };
  createInterface(child.stdout).on('line', (line) => out.push(keep(line)));
  createInterface(child.stderr).on('line', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve).on('error', (error: NodeJS.ErrnoException) => {
      reject(new ProgramFailure(`${program}: ${error.message}`, { missing: error.code === 'ENOENT' }));
    });
  });
  if (code === 0) return out;
  const how = code === null ? `was ended (time limit ${Math.round(timeout / 1000)} s)` : `ended with exit code ${code}`;
  throw new ProgramFailure(`${program} ${how}: ${all.join(' | ')}`, code === null ? {} : { code });
}
