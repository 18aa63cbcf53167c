import type { Strategy } from './fake-world-options.ts';

/** A fault that happened to a release in a state. */
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

/** The table of states × faults × strategies, filled from tests that ran. */
export class Matrix {
  private readonly marks = new Map<string, 'ok' | 'FAIL'>();
  private readonly spec: MatrixSpec;

  constructor(spec: MatrixSpec) {
    this.spec = spec;
  }

  /** One failure fails a cell, whatever else passed in it. */
  mark(cell: Cell, passed: boolean): void {
    if (!passed) this.marks.set(key(cell), 'FAIL');
    else if (!this.marks.has(key(cell))) this.marks.set(key(cell), 'ok');
  }

  /** Cells without a run that are not declared as not applicable. */
  empty(): Cell[] {
    return this.cells().filter((cell) => this.textOf(cell) === '');
  }

  /** Marks outside the table: a scenario with an unknown state or fault. */
  marksOutsideTable(): string[] {
    const known = new Set(this.cells().map(key));
    return [...this.marks.keys()].filter((mark) => !known.has(mark));
  }

  /** Cells that are declared as not applicable, and yet ran. */
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
