import type { Results } from './results.ts';
import { kindOf, type Scenario } from './scenarios.ts';

/**
 * Distributes the remaining runs. A slot stays with its kind of stable version as long as there is work for it, because
 * a change needs a new past.
 */
export class Queue {
  private readonly scenarios: readonly Scenario[];
  private readonly results: Results;
  private readonly wanted: number;
  private readonly running = new Map<string, number>();
  private lastSeed: number;

  constructor(scenarios: readonly Scenario[], results: Results, wanted: number) {
    this.scenarios = scenarios;
    this.results = results;
    this.wanted = wanted;
    this.lastSeed = Math.max(0, ...results.runs.map(({ seed }) => seed));
  }

  /** Undefined if there is nothing left to begin. The caller runs the scenario and then calls `done`. */
  next(kind: string | undefined): { readonly scenario: Scenario; readonly seed: number } | undefined {
    const open = this.scenarios.filter((scenario) => this.left(scenario) > 0);
    const own = open.filter((scenario) => kindOf(scenario) === kind);
    const scenario = (own.length > 0 ? own : this.leastServed(open)).toSorted((a, b) => this.left(b) - this.left(a))[0];
    if (!scenario) return undefined;
    this.running.set(scenario.id, this.runningOf(scenario) + 1);
    this.lastSeed += 1;
    return { scenario, seed: this.lastSeed };
  }

  done({ id }: Scenario): void {
    this.running.set(id, (this.running.get(id) ?? 1) - 1);
  }

  get leftOver(): number {
    return this.scenarios.reduce((sum, scenario) => sum + this.left(scenario) + this.runningOf(scenario), 0);
  }

  private left(scenario: Scenario): number {
    return Math.max(0, this.wanted - this.results.of(scenario.id).length - this.runningOf(scenario));
  }

  private runningOf({ id }: Scenario): number {
    return this.running.get(id) ?? 0;
  }

  /** Scenarios of the kind with the most remaining work per slot. */
  private leastServed(open: readonly Scenario[]): readonly Scenario[] {
    const sum = (kind: string, of: (scenario: Scenario) => number) =>
      this.scenarios
        .filter((scenario) => kindOf(scenario) === kind)
        .reduce((total, scenario) => total + of(scenario), 0);
    const load = (kind: string) =>
      sum(kind, (scenario) => this.left(scenario)) / (1 + sum(kind, (scenario) => this.runningOf(scenario)));
    const [kind] = [...new Set(open.map(kindOf))].toSorted((a, b) => load(b) - load(a));
    return open.filter((scenario) => kindOf(scenario) === kind);
  }
}
