import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { isAlive, MARKER, startTimeOf } from './proc.ts';
import type { PartRecord } from './state.ts';

export interface PartCommand {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Writes or creates what the process finds when it starts. It also runs before a later start of the part. */
  prepare?: () => Promise<void>;
  /** Address of its user interface. */
  url?: string;
  /** Address of the applications, which the Host header selects. */
  entryUrl?: string;
  /**
   * Resolves to true once the part serves. It is polled while the part lives. If absent, the part cannot be queried,
   * and its effect is awaited elsewhere.
   */
  ready?: () => Promise<boolean>;
  readyWithinMs?: number;
}

export class PartDied extends Error {
  readonly part: string;
  constructor(part: string, what: string, lines: string[], log: string) {
    super(
      `${part} ${what}. The last lines of ${log}:\n${lines.map((line) => `  ${line}`).join('\n') || '  (nothing)'}`,
    );
    this.part = part;
  }
}

export const logFile = (stateDir: string, part: string): string => join(stateDir, 'logs', `${part}.log`);

const exitFile = (stateDir: string, part: string): string => join(stateDir, 'logs', `${part}.exit`);

/**
 * Records how a process of a part ended. The record is a file of its own, because the process that started the part
 * learns of the end at any time, and does not hold the lock of the sandbox's state then.
 */
export function recordExit(stateDir: string, part: string, pid: number, exit: string): void {
  try {
    writeFileSync(exitFile(stateDir, part), `${pid} ${exit}`);
  } catch (error) {
    // The sandbox has been removed meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** How this process of a part ended. Undefined while nobody has recorded it. */
export function exitOf(stateDir: string, part: string, pid: number): string | undefined {
  try {
    const [, of, exit] = /^(\d+) (.+)$/s.exec(readFileSync(exitFile(stateDir, part), 'utf8')) ?? [];
    return Number(of) === pid ? exit : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The end of a part's log. If a Go program panicked, the text begins at the panic, because the end contains only the
 * stack.
 */
export function lastLines(stateDir: string, part: string, count = 10): string[] {
  try {
    const lines = readFileSync(logFile(stateDir, part), 'utf8').trimEnd().split('\n');
    const panic = lines.slice(-300).findIndex((line) => /^(panic|fatal error): /.test(line));
    return panic < 0 ? lines.slice(-count) : lines.slice(-300).slice(panic, panic + count);
  } catch {
    return [];
  }
}

export function describeDeath(stateDir: string, part: string, exit = 'ended'): PartDied {
  return new PartDied(part, exit, lastLines(stateDir, part), logFile(stateDir, part));
}

/** A clean environment, without the user's proxies and certificates. */
function environment(stateDir: string, extra: Record<string, string>): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'].map((name) => [name, process.env[name]] as const);
  return { ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)), ...extra, [MARKER]: stateDir };
}

export interface RunningPart {
  record: PartRecord;
  /** Settles when the process ends, if this process started it. */
  ended: Promise<string>;
}

/** Starts a part in a separate process group. It outlives this process. The caller must record it at once. */
export async function startProcess(stateDir: string, part: PartCommand): Promise<RunningPart> {
  await part.prepare?.();
  mkdirSync(join(stateDir, 'logs'), { recursive: true });
  const log = openSync(logFile(stateDir, part.name), 'a');
  const child = spawn(part.command, part.args, {
    cwd: stateDir,
    detached: true,
    stdio: ['ignore', log, log],
    env: environment(stateDir, part.env ?? {}),
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exited with ${code}`)),
  );
  child.unref();
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error(`${part.name} cannot be started (${part.command}): ${error.message}`)),
    );
    child.once('spawn', () =>
      resolve({ record: { pid: child.pid!, startTime: startTimeOf(child.pid!) ?? '' }, ended }),
    );
  });
}

/** The system removes a process shortly before its parent gets the exit status. */
function howItEnded({ ended }: RunningPart): Promise<string> {
  return Promise.race([ended, pause(500).then(() => 'ended')]);
}

/** Waits until the part serves. It fails at once, with the part's name, if the part ends meanwhile. */
export async function untilReady(stateDir: string, part: PartCommand, running: RunningPart): Promise<void> {
  let exit: string | undefined;
  void running.ended.then((how) => (exit = how));
  const deadline = Date.now() + (part.readyWithinMs ?? 60_000);
  while (part.ready) {
    if (exit ?? !isAlive(running.record.pid, running.record.startTime))
      throw describeDeath(stateDir, part.name, exit ?? (await howItEnded(running)));
    if (await part.ready().catch(() => false)) return;
    if (Date.now() > deadline)
      throw describeDeath(
        stateDir,
        part.name,
        `was not ready after ${Math.round((part.readyWithinMs ?? 60_000) / 1000)} s`,
      );
    await pause(50);
  }
}
