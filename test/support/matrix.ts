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
  /** Whether a cell is left to another run. Default: none is. */
  readonly isLeftOut?: (cell: Cell) => boolean;
}

export const STRATEGIES: readonly Strategy[] = ['canary', 'blue-green'];

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

  /** Cells without a run that are neither declared as not applicable nor left out. */
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

  cells(): Cell[] {
    return this.spec.states.flatMap((state) =>
      this.spec.faults.flatMap((fault) => STRATEGIES.map((strategy) => ({ state, fault, strategy }))),
    );
  }

  /** Why the cell cannot exist. Undefined if it can. */
  reasonOf(cell: Cell): string | undefined {
    const exemption = this.exemption(cell);
    return exemption === undefined ? undefined : `not applicable: ${this.spec.notApplicable[exemption]?.because}`;
  }

  private textOf(cell: Cell): string {
    const exemption = this.exemption(cell);
    const without = this.spec.isLeftOut?.(cell) ? LEFT_OUT : '';
    return this.marks.get(key(cell)) ?? (exemption === undefined ? without : `n/a ${exemption + 1}`);
  }

  private exemption({ state, fault, strategy }: Cell): number | undefined {
    const index = this.spec.notApplicable.findIndex(
      (one) => one.state === state && one.fault === fault && (one.strategy ?? strategy) === strategy,
    );
    return index < 0 ? undefined : index;
  }
}

const LEFT_OUT = '–';
const key = ({ state, fault, strategy }: Cell): string => `${state} × ${fault} × ${strategy}`;
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
