import { Matrix, type MatrixSpec } from './matrix.ts';
import type { Scenario } from './releases-scenario.ts';

interface Result {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The result of every scenario, for the test with its name and for the table. */
export class Board {
  readonly matrix: Matrix;
  private readonly results: ReadonlyMap<string, Result>;

  constructor(scenarios: readonly Scenario[], spec: MatrixSpec) {
    this.matrix = new Matrix(spec);
    this.results = new Map(scenarios.map(({ name }) => [name, Promise.withResolvers<void>()]));
    // The test that awaits it comes later.
    for (const { promise } of this.results.values()) promise.catch(() => undefined);
  }

  resultOf(name: string): Promise<void> {
    return this.results.get(name)?.promise ?? Promise.reject(new Error(`${name} was never played`));
  }

  passed(scenario: Scenario): void {
    for (const cell of scenario.cells) this.matrix.mark(cell, true);
    this.results.get(scenario.name)?.resolve();
  }

  failed(scenario: Scenario, error: unknown): void {
    for (const cell of scenario.cells) this.matrix.mark(cell, false);
    this.results.get(scenario.name)?.reject(error);
  }

  /** Ends the run: no further scenario is played. */
  close(error: unknown): void {
    for (const { reject } of this.results.values()) reject(error);
  }
}

const start = Date.now();
export function say(text: string): void {
  process.stderr.write(`[${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s] ${text}\n`);
}
