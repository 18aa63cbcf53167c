import { setTimeout as sleep } from 'node:timers/promises';
import { knownToken } from '../../adapters/credentials/local-token.ts';
import { loadSettings } from '../../config/load.ts';
import { tokenPath } from '../credential-paths.ts';
import { keepRunning } from './child.ts';
import type { Closers } from './closers.ts';

export interface Processes {
  readonly mcpUrl: string;
  /** The credential for the server. Absent if it asks nobody. */
  readonly token?: string;
  /** Rejects when the worker or the server cannot be kept alive. */
  readonly failed: Promise<never>;
}

export interface ProcessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** Folder for pid files and logs. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

const READY_MS = 60_000;

/** `sluice worker` and `sluice serve`, which are restarted when they die. Resolves when the server answers. */
export async function startProcesses(
  { env, port, folder, say }: ProcessOptions,
  closers: Closers,
  signal: AbortSignal,
): Promise<Processes> {
  const children = [
    ['worker', 'worker'],
    ['server', 'serve'],
  ].map(([name = '', command = '']) => {
    const child = keepRunning({ name, args: [command], env, folder, say });
    closers.add(name, () => child.stop());
    return child;
  });
  const failed = Promise.race(children.map((child) => child.failed));
  failed.catch(() => undefined);
  await Promise.race([untilServing('server', port, signal), failed]);
  const { settings } = loadSettings({ env });
  const token = settings.localAccess === 'open' ? undefined : knownToken(tokenPath(settings));
  return { mcpUrl: `http://127.0.0.1:${port}/mcp`, failed, ...(token !== undefined && { token }) };
}

export async function untilServing(name: string, port: number, signal: AbortSignal): Promise<void> {
  const end = Date.now() + READY_MS;
  while (!(await serves(port))) {
    if (Date.now() > end)
      throw new Error(
        `The ${name} does not answer on port ${port} after ${READY_MS / 1000} s. Read its log, or choose another MCP_PORT.`,
      );
    await sleep(100, undefined, { signal });
  }
}

async function serves(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}
