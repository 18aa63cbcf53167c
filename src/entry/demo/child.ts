import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The command line as users start it. */
export const SLUICE = join(import.meta.dirname, '..', '..', '..', 'bin', 'sluice.mjs');

export interface ChildSpec {
  readonly name: string;
  /** Arguments of `sluice`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Folder of `<name>.pid` and `logs/<name>.log`. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

export interface Child {
  /** Rejects when it cannot be kept alive. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 300;
const LAST_PAUSE_MS = 10_000;
/** A process that ends sooner counts as a failed start. After several consecutive failed starts it is not restarted. */
const SHORT_MS = 15_000;
const MAX_SHORT = 5;
const GRACE_MS = 8_000;

export const logOf = (folder: string, name: string): string => join(folder, 'logs', `${name}.log`);

/** Keeps `sluice <args>` running. When it dies, it is restarted with a message, until it is stopped. */
export function keepRunning(spec: ChildSpec): Child {
  const stopping = new AbortController();
  let current: ChildProcess | undefined;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const loop = (async () => {
    for (let short = 0; !stopping.signal.aborted; ) {
      const began = performance.now();
      current = start(spec);
      const exit = await ended(current);
      if (stopping.signal.aborted) return;
      short = performance.now() - began < SHORT_MS ? short + 1 : 1;
      if (short >= MAX_SHORT)
        return reject(
          new Error(
            `The ${spec.name} does not stay up: ${exit}. Its last lines:\n${lastLines(spec, 5)}\nThe whole log is ${logOf(spec.folder, spec.name)}.`,
          ),
        );
      spec.say(`the ${spec.name} ${exit}; starting it again`);
      if (current.exitCode !== null) spec.say(lastLines(spec, 2));
      await sleep(Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (short - 1)), undefined, {
        signal: stopping.signal,
      }).catch(() => undefined);
    }
  })();
  return {
    failed,
    async stop() {
      stopping.abort();
      await end(current);
      await loop;
      rmSync(pidFile(spec), { force: true });
    },
  };
}

const pidFile = ({ folder, name }: ChildSpec): string => join(folder, `${name}.pid`);

/**
 * The child has a separate process group: Ctrl-C in the terminal reaches only the parent, which ends its children in
 * order.
 */
function start(spec: ChildSpec): ChildProcess {
  const file = logOf(spec.folder, spec.name);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'a');
  const child = spawn(process.execPath, [SLUICE, ...spec.args], {
    env: spec.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid !== undefined) writeFileSync(pidFile(spec), `${child.pid}\n`);
  return child;
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`cannot be started (${error.message})`));
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = ended(child);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(timer);
}

function lastLines({ folder, name }: ChildSpec, count: number): string {
  return readFileSync(logOf(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
}
