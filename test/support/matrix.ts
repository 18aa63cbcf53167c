import type { Strategy } from './fake-world-options.ts';

/** What was done to a release while it was in a state. */
export interface Cell {
  readonly state: string;
  readonly fault: string;
  readonly strategy: Strategy;
}

export interface NotApplicable extends Omit<Cell, 'strategy'> {
  readonly strategy?: Strategy;
  readonly because: string;
}

export interface MatrixSpec {
  readonly states: readonly string[];
  readonly faults: readonly string[];
  readonly notApplicable: readonly NotApplicable[];
}

const STRATEGIES: readonly Strategy[] = ['canary', 'blue-green'];

/** States × faults × strategies, filled from what really ran. */
export class Matrix {
  private readonly marks = new Map<string, 'ok' | 'FAIL'>();
  private readonly spec: MatrixSpec;

  constructor(spec: MatrixSpec) {
    this.spec = spec;
  }

  /** One failure spoils a cell, whatever else passed in it. */
  mark(cell: Cell, passed: boolean): void {
    if (!passed) this.marks.set(key(cell), 'FAIL');
    else if (!this.marks.has(key(cell))) this.marks.set(key(cell), 'ok');
  }

  /** Cells in which nothing ran and that nobody declared not applicable. */
  empty(): Cell[] {
    return this.cells().filter((cell) => this.textOf(cell) === '');
  }

  /** Marks outside the table: a scenario that names a state or fault that does not exist. */
  strays(): string[] {
    const known = new Set(this.cells().map(key));
    return [...this.marks.keys()].filter((mark) => !known.has(mark));
  }

  /** Declared not applicable, and yet it ran. */
  contradictions(): Cell[] {
    return this.cells().filter((cell) => this.marks.has(key(cell)) && this.exemption(cell) !== undefined);
  }

  markdown(): string {
    const columns = this.spec.faults.flatMap((fault) => STRATEGIES.map((strategy) => ({ fault, strategy })));
    const head = ['state', ...columns.map(({ fault, strategy }) => `${fault} (${strategy})`)];
    const rows = this.spec.states.map((state) => [
      state,
      ...columns.map((column) => this.textOf({ state, ...column })),
    ]);
    const notes = this.spec.notApplicable.map(
      (entry, index) =>
        `${index + 1}. ${entry.state}, ${entry.fault}${entry.strategy ? `, ${entry.strategy}` : ''}: ${entry.because}`,
    );
    return [line(head), line(head.map(() => '---')), ...rows.map(line), '', 'Not applicable:', '', ...notes, ''].join(
      '\n',
    );
  }

  private cells(): Cell[] {
    return this.spec.states.flatMap((state) =>
      this.spec.faults.flatMap((fault) => STRATEGIES.map((strategy) => ({ state, fault, strategy }))),
    );
  }

  private textOf(cell: Cell): string {
    const exemption = this.exemption(cell);
    return this.marks.get(key(cell)) ?? (exemption === undefined ? '' : `n/a ${exemption + 1}`);
  }

  private exemption({ state, fault, strategy }: Cell): number | undefined {
    const index = this.spec.notApplicable.findIndex(
      (one) => one.state === state && one.fault === fault && (one.strategy ?? strategy) === strategy,
    );
    return index < 0 ? undefined : index;
  }
}

const key = ({ state, fault, strategy }: Cell): string => `${state} × ${fault} × ${strategy}`;
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
