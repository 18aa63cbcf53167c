import { spawn, type ChildProcess } from 'node:child_process';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

export interface ProgramRun {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The folder in which it runs. */
  readonly cwd: string;
  /** Variables for this run alone. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell. Errors: HELM_MISSING, HELM_STOPPED, HELM_TOO_LARGE. */
export type Program = (run: ProgramRun) => Promise<ProgramEnd>;

/** Of stdout and stderr together. A release has at most 1 MiB compressed. */
export const MAX_OUTPUT = 32 * 1024 * 1024;
/** After SIGTERM Helm marks the release as failed. */
const GRACE_MS = 10_000;

export function createProgram(path: string, env: NodeJS.ProcessEnv): Program {
  return async ({ args, cwd, signal, timeoutMs, variables }) => {
    if (signal.aborted) throw stopped('the call was cancelled before Helm was started');
    // A group of its own, so that what Helm starts (plug-ins, credential helpers) ends with it.
    const settings = { cwd, env: { ...env, ...variables } };
    const child = spawn(path, args, { ...settings, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = watched(child, signal, timeoutMs);
    try {
      return await end.result;
    } finally {
      end.release();
    }
  };
}

function watched(child: ChildProcess, signal: AbortSignal, timeoutMs: number) {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let bytes = 0;
  let why: SluiceError | undefined;
  let last: NodeJS.Timeout | undefined;
  const stop = (error: SluiceError): void => {
    why ??= error;
    end(child, 'SIGTERM');
    last ??= setTimeout(() => end(child, 'SIGKILL'), GRACE_MS);
  };
  const cancel = (): void => stop(stopped('the call was cancelled'));
  const timer = setTimeout(() => stop(stopped(`Helm did not end within ${Math.round(timeoutMs / 1000)} s`)), timeoutMs);
  signal.addEventListener('abort', cancel, { once: true });
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MAX_OUTPUT) stop(tooLarge());
      else parts[name].push(part);
    });
  const result = new Promise<ProgramEnd>((resolve, reject) => {
    child.on('error', (cause) => reject(notThere(cause)));
    // A process that has left the group may hold the pipes open.
    child.on('exit', () => why && [child.stdout, child.stderr].forEach((pipe) => pipe?.destroy()));
    child.on('close', (code) =>
      why
        ? reject(why)
        : resolve({
            code: code ?? -1,
            stdout: Buffer.concat(parts.stdout).toString(),
            stderr: Buffer.concat(parts.stderr).toString(),
          }),
    );
  });
  const release = (): void => {
    clearTimeout(timer);
    clearTimeout(last);
    signal.removeEventListener('abort', cancel);
  };
  return { result, release };
}

/** Signals the program and what it has started. A group that has ended already is no fault. */
function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function stopped(why: string): SluiceError {
  return new SluiceError('HELM_STOPPED', `Helm was ended: ${why}.`);
}

function tooLarge(): SluiceError {
  return new SluiceError('HELM_TOO_LARGE', `Helm printed more than ${MAX_OUTPUT / 1024 / 1024} MiB, and was ended.`);
}

function notThere(cause: Error): SluiceError {
  return new SluiceError('HELM_MISSING', `The program helm cannot be started: ${cleanText(cause.message, 300)}.`, {
    cause,
  });
}

/** What Helm says about its failure, without the lines that it logs beside it. Errors: HELM_REFUSED, always. */
export function refused({ code, stderr, stdout }: ProgramEnd, what: string): SluiceError {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(level=|time=|WARNING:|I\d{4} )/.test(line));
  const said = lines.length > 0 ? lines : stdout.split('\n').slice(-5);
  const text = maskSecrets(cleanText(said.join('\n').replace(/^Error: (?:[A-Z]+ FAILED: )?/, ''), 1500)).trim();
  return new SluiceError('HELM_REFUSED', `Helm could not ${what}: ${text || `it ended with exit code ${code}`}`);
}
