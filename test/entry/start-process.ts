import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';

/**
 * `npm start -- <args>` without npm: the same file in the same way, with nothing of the outer environment's settings.
 */
export class Start {
  readonly child: ChildProcess;
  text = '';
  readonly ended: Promise<number | null>;

  private static readonly running = new Set<Start>();

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(SLUICE_|MCP_|ARGO_|TEMPORAL_|TRAEFIK_|INIT_CWD)/.test(name)),
    );
    this.child = spawn(process.execPath, [join(ROOT, 'src', 'entry', 'start.ts'), ...args], {
      cwd: ROOT,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    Start.running.add(this);
    void this.ended.then(() => Start.running.delete(this));
  }

  /** Ends what a failed test left running: the next one must not meet its worker. */
  static async endAll(): Promise<void> {
    await Promise.all([...Start.running].map((start) => start.interrupt()));
  }

  /** The first group of the pattern, once it has been printed. */
  async printed(pattern: RegExp, withinMs: number): Promise<string> {
    let over = false;
    void this.ended.then(() => (over = true));
    for (const end = Date.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      const found = pattern.exec(this.text);
      if (found) return found[1] ?? found[0];
      if (over || Date.now() > end)
        throw new Error(`${String(pattern)} was not printed${over ? ' before the end' : ''}:\n${this.text}`);
    }
  }

  /** As Ctrl-C does. */
  async interrupt(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.ended;
  }
}
