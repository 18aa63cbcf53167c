import type { Run } from '../support/releases-run.ts';
import { eventually } from '../support/releases-wait.ts';

/** The one outage that several releases go through together. */
export class Outage {
  /** How many releases it waits for. */
  expected = 0;
  private arrived = 0;
  private readonly over = Promise.withResolvers<void>();

  constructor() {
    this.over.promise.catch(() => undefined);
  }

  /** Called by each release once it is in its state. Resolves when the outage is over. */
  arrive(): Promise<void> {
    this.arrived += 1;
    return this.over.promise;
  }

  /** Runs the outage once every release is in its state. */
  async strike(run: Run, outage: (run: Run) => Promise<unknown>): Promise<void> {
    await eventually('every release is in its state', () => (this.arrived >= this.expected ? true : undefined), {
      timeoutMs: 150_000,
      now: () => this.arrived,
    });
    try {
      await outage(run);
      this.over.resolve();
    } catch (error) {
      this.over.reject(error);
      throw error;
    }
  }
}
