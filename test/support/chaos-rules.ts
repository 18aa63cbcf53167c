import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `kill`: SIGKILL to the worker that gets there. `hold`: it waits there until the rule is gone. */
export type Fault = 'kill' | 'hold';

/** A place in a worker's work: just before or just after the first passing of a port operation for one application. */
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
    // Renamed into place: a worker never reads half a rule.
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

  /** Told by the worker that got there. */
  reach(point: Point): void {
    writeFileSync(`${fileOf(this.dir, point)}.reached`, '');
  }

  reached(point: Point): boolean {
    return existsSync(`${fileOf(this.dir, point)}.reached`);
  }
}
