/** Everything that has to be ended, in the reverse order of its start. */
export class Closers {
  private readonly stack: { readonly name: string; readonly close: () => Promise<void> }[] = [];

  add(name: string, close: () => Promise<void>): void {
    this.stack.push({ name, close });
  }

  /** Ends everything, even if one end fails. Such a failure is reported. */
  async run(notify: (line: string) => void): Promise<void> {
    for (let last = this.stack.pop(); last; last = this.stack.pop()) {
      const { name, close } = last;
      await close().catch((error: unknown) =>
        notify(`${name} could not be ended: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  }
}
