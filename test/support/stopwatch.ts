/** Measures the long parts of a test file. */
export class Stopwatch {
  readonly #took: string[] = [];

  /** Does the work, and keeps the seconds that it took. A part that fails is not kept. */
  async timed<T>(what: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.#took.push(`${what} ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return result;
  }

  /** Prints all that was measured in one line. */
  print(): void {
    process.stdout.write(`Measured: ${this.#took.join(', ')}\n`);
  }
}
