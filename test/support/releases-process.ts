import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MARKER } from '../../sandbox/processes/proc.ts';
import { eventually } from './releases-wait.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ProcessSpec {
  readonly name: string;
  /** Arguments of node, relative to the repository. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /**
   * Marks the process as part of the sandbox, so that stopping the sandbox ends it even when these tests were killed.
   */
  readonly stateDir: string;
  readonly log: string;
  /** The text that it prints once it serves. */
  readonly ready: RegExp;
}

/** A process of the product that is restarted whenever it ends, as a supervisor would. */
export class Supervised {
  /** How it ended each time: a signal or an exit code. */
  readonly ends: string[] = [];
  private readonly spec: ProcessSpec;
  private child: ChildProcess | undefined;
  private stopping = false;

  constructor(spec: ProcessSpec) {
    this.spec = spec;
    this.spawn();
  }

  private spawn(): void {
    const log = openSync(this.spec.log, 'a');
    const child = spawn(process.execPath, [...this.spec.args], {
      cwd: ROOT,
      stdio: ['ignore', log, log],
      env: this.environment(),
    });
    closeSync(log);
    this.child = child;
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      this.ends.push(signal ?? `exit ${code}`);
      this.spawn();
    });
  }

  private environment(): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(
      ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'].flatMap((name) =>
        process.env[name] === undefined ? [] : [[name, process.env[name]]],
      ),
    );
    return { ...inherited, ...this.spec.env, [MARKER]: this.spec.stateDir };
  }

  /** The match of its ready text after the last start. */
  async ready(): Promise<RegExpExecArray> {
    const starts = this.ends.length + 1;
    return eventually(
      `${this.spec.name} serves (see ${this.spec.log})`,
      () => [...this.output().matchAll(new RegExp(this.spec.ready, `${this.spec.ready.flags}g`))][starts - 1],
      { timeoutMs: 60_000 },
    );
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** SIGSTOP freezes the process, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  output(): string {
    return readFileSync(this.spec.log, 'utf8');
  }

  /** Sends SIGKILL. Resolves when the process has ended. The next one is then starting. */
  async kill(): Promise<void> {
    const before = this.ends.length;
    this.child?.kill('SIGKILL');
    await this.died(before);
  }

  /** Waits for one more end than `before`. */
  async died(before: number): Promise<void> {
    await eventually(`${this.spec.name} died`, () => this.ends.length > before || undefined, { timeoutMs: 60_000 });
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || this.stopping) return;
    this.stopping = true;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
    await gone;
    clearTimeout(timer);
  }
}
