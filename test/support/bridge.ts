import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';

/** The native part of rolldown does not take objects of the realm of Jest, so it has a process of its own. */
const BUNDLE = `
import { rolldown } from 'rolldown';
import { bridgeInput, bridgeOutput } from './scripts/bundle/options.mjs';
const made = await rolldown(bridgeInput(process.cwd()));
const { output } = await made.generate(bridgeOutput());
process.stdout.write(output[0].code);
`;

/** The bridge of the present sources, as the file that goes into images. */
export function bundledBridge(): string {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', BUNDLE], options);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** A folder with bridge.mjs and nothing else. */
export function bridgeFolder(): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bridge-'));
  const file = join(folder, 'bridge.mjs');
  writeFileSync(file, bundledBridge());
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface RunningBridge {
  readonly root: string;
  readonly mcp: string;
  readonly child: ChildProcess;
  /** Everything that it and its server have written to stderr. */
  said(): string;
  health(): Promise<{ status: number; body: { status: string; reason?: string } }>;
  /** Sends a signal, and returns the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the bridge on a free port in front of `command`. `args`: of the bridge itself. */
export async function startBridge(
  file: string,
  command: readonly string[],
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<RunningBridge> {
  const own = ['--leave', '0', ...args];
  const child = spawn(process.execPath, [file, ...own, '--', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const port = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const [, found] = /"port":(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stderr.on('data', look);
    void ended.then(() => reject(new Error(said)));
  });
  const root = `http://127.0.0.1:${port}`;
  return {
    root,
    mcp: `${root}/mcp`,
    child,
    said: () => said,
    async health() {
      const response = await fetch(`${root}/healthz`);
      return { status: response.status, body: (await response.json()) as { status: string } };
    },
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      return (await ended)[0];
    },
  };
}
