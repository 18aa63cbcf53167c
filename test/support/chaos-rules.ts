import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `kill`: the worker that reaches the point gets SIGKILL. `hold`: it waits there until the rule is removed. */
export type Fault = 'kill' | 'hold';

/** A point in a worker's work: before or after the first call of a port operation for one application. */
export interface Point {
  readonly app: string;
  readonly op: string;
  readonly when: 'before' | 'after';
}

const fileOf = (dir: string, { app, op, when }: Point): string => join(dir, [app, op, when].join('~'));

/** Rules are files, so that they reach every worker process and outlive its death. */
export class Rules {
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  set(point: Point, fault: Fault): void {
    rmSync(`${fileOf(this.dir, point)}.reached`, { force: true });
    // The file is renamed, so that a worker never reads a partial rule.
    writeFileSync(`${fileOf(this.dir, point)}.new`, fault);
    renameSync(`${fileOf(this.dir, point)}.new`, fileOf(this.dir, point));
  }

  at(point: Point): Fault | undefined {
    try {
      return readFileSync(fileOf(this.dir, point), 'utf8') as Fault;
    } catch {
      return undefined;
    }
  }

  clear(point: Point): void {
    rmSync(fileOf(this.dir, point), { force: true });
  }

  clearAll(app: string): void {
    for (const name of readdirSync(this.dir).filter((one) => one.startsWith(`${app}~`)))
      rmSync(join(this.dir, name), { force: true });
  }

  /** Called by the worker that has reached the point. */
  reach(point: Point): void {
    writeFileSync(`${fileOf(this.dir, point)}.reached`, '');
  }

  reached(point: Point): boolean {
    return existsSync(`${fileOf(this.dir, point)}.reached`);
  }
}
