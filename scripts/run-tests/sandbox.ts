import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../root.mjs';

/** The environment variable with the path of the JSON file that describes the shared sandbox. */
const SANDBOX_FILE_VARIABLE = 'SLUICE_TEST_SANDBOX';
const PREFIX = 'test-';

/**
 * The sandbox that all groups share. The first group that needs it starts it. A separate process in a separate process
 * group starts it, so that an interruption ends it with all its builds.
 */
export class SharedSandbox {
  readonly #name = `${PREFIX}${process.pid}`;
  readonly #file: string;
  #starting: Promise<void> | undefined;
  #starter: ChildProcess | undefined;

  constructor(folder: string) {
    this.#file = join(folder, 'sandbox.json');
  }

  /** Starts the sandbox once. Later calls resolve, or reject, as the first did. */
  up(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    await sweep();
    this.#starter = sandbox('up', this.#name, true);
    writeFileSync(this.#file, await outputOf(this.#starter));
    process.env[SANDBOX_FILE_VARIABLE] = this.#file;
  }

  /** Ends a start in progress. `up` then fails. */
  interrupt(): void {
    const { pid, exitCode, signalCode } = this.#starter ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }

  /**
   * Stops it, also after a failed start. Does nothing if there is none. After failed tests its state stays for
   * inspection.
   */
  async down(keep: boolean): Promise<void> {
    if (!this.#starting) return;
    this.#starting = undefined;
    delete process.env[SANDBOX_FILE_VARIABLE];
    await outputOf(sandbox('down', this.#name));
    if (keep) console.log(`Sandbox ${this.#name} is down. Its logs: ${join(stateFolder(), this.#name, 'logs')}`);
    else remove(this.#name);
  }
}

/** Killed runs could not clean up, and their sandboxes would use the machine's resources. */
async function sweep(): Promise<void> {
  const names = existsSync(stateFolder()) ? readdirSync(stateFolder()).filter((name) => /^test-\d+$/.test(name)) : [];
  for (const name of names.filter((one) => !isRunning(Number(one.slice(PREFIX.length))))) {
    await outputOf(sandbox('down', name));
    remove(name);
  }
}

function stateFolder(): string {
  return join(resolve(process.env['SLUICE_HOME'] ?? join(ROOT, '.sluice')), 'sandbox');
}

function remove(name: string): void {
  rmSync(join(stateFolder(), name), { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sandbox(command: 'up' | 'down', name: string, detached = false): ChildProcess {
  return spawn(process.execPath, ['sandbox/main.ts', command, '--name', name], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached,
  });
}

async function outputOf(child: ChildProcess): Promise<string> {
  const ended = new Promise<number | null>((done, failed) => child.once('exit', done).once('error', failed));
  const output = child.stdout ? await text(child.stdout) : '';
  const code = await ended;
  if (code !== 0) throw new Error(code === null ? 'its process was ended' : 'see the lines above');
  return output;
}
