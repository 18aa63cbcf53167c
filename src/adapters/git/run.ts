import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { SluiceError } from '../../domain/errors.ts';

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Ends the program early. */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds. Default: one minute. */
  readonly timeout?: number;
}

/** Git ended with an error. `said`: what it wrote to stderr. */
export class GitFailure extends Error {
  readonly said: string;
  constructor(said: string) {
    super(said);
    this.said = said;
  }
}

const LIMIT_MS = 60_000;

/**
 * Runs git without a shell, and returns its output. It asks nobody, and no hook or helper that a repository or a caller
 * could choose runs. Errors: GitFailure, GIT_MISSING.
 */
export async function git({ args, cwd, env = {}, input = '', signal, timeout = LIMIT_MS }: GitCall): Promise<Buffer> {
  const child = spawn('git', [...SAFE, ...args], {
    cwd,
    env: { ...inherited(), ...QUIET, ...env },
    timeout,
    killSignal: 'SIGKILL',
    ...(signal ? { signal } : {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Git may end before it has read its input.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  try {
    const [out, said, code] = await Promise.all([buffer(child.stdout), text(child.stderr), ended]);
    if (code === 0) return out;
    throw new GitFailure(code === null ? `it was ended after ${timeout / 1000} s` : said.trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new SluiceError('GIT_MISSING', 'The program git is not on PATH.', { cause: error });
    throw error;
  }
}

/** The output of git as text, without spaces at its ends. Errors: as `git`. */
export async function gitText(call: GitCall): Promise<string> {
  return (await git(call)).toString('utf8').trim();
}

/** The output of git as one line. Undefined if it ended with an error. Errors: GIT_MISSING. */
export async function gitLine(call: GitCall): Promise<string | undefined> {
  try {
    return await gitText(call);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

const SAFE = ['-c', 'credential.helper=', '-c', 'core.fsmonitor=false', '-c', 'protocol.ext.allow=never'] as const;
const QUIET = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GCM_INTERACTIVE: 'never' } as const;

/** The variables of a surrounding git, for example of a hook, would lead to another repository. */
function inherited(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(GIT_|SSH_ASKPASS)/.test(name) || name.startsWith('GIT_SSL'),
  );
  return Object.fromEntries(kept);
}
