import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

const LIMIT_MS = 60_000;
/** What npm and uv put before their messages. */
const DECORATION = /^(npm (error|warn)\s*(\d{3}\b)?|\s*[×╰─▶]+)/;

export interface Question {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly env: NodeJS.ProcessEnv;
  /** The package as the user wrote it, for errors. */
  readonly spec: string;
}

/** Runs a package manager without a shell, and returns its output. Errors: SERVER_VERSION_NOT_EXACT. */
export async function ask({ program, args, input = '', env, spec }: Question): Promise<string> {
  const child = spawn(program, args, { env, timeout: LIMIT_MS, stdio: ['pipe', 'pipe', 'pipe'] });
  // A program that ends early does not read its input.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  try {
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (code === 0) return out;
    const lines = `${err}\n${out}`.split('\n').map((line) => line.replace(DECORATION, '').trim());
    const said = lines.filter((line) => line !== '').slice(0, 3);
    throw unresolved(spec, `${program} ended with exit code ${code}: ${said.join(' ')}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw unresolved(spec, `${program} is not on PATH`, error);
  }
}

export function unresolved(spec: string, reason: string, cause?: unknown): SluiceError {
  return new SluiceError(
    'SERVER_VERSION_NOT_EXACT',
    `${spec} could not be resolved to one version: ${maskSecrets(cleanText(reason, 400))}`,
    { next: 'Write an exact version, or correct the name or the range.', cause },
  );
}
