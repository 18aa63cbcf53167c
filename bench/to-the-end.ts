import { Closers } from '../src/entry/demo/closers.ts';

const began = performance.now();

/** A line of progress on stderr, with the seconds since the start of the program. */
export const say = (line: string): void =>
  console.error(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);

/**
 * Runs a bench, and ends what it has started, also after an error and at SIGINT or SIGTERM. Returns the exit code: that
 * of `work`, or 1 after an error, which is printed. A signal ends the process with 130. The signal that `work` gets is
 * then aborted, and after an error too.
 */
export async function toTheEnd(work: (closers: Closers, signal: AbortSignal) => Promise<number>): Promise<number> {
  const closers = new Closers();
  const stopping = new AbortController();
  // Closes once. A second caller waits for the first, because the process would otherwise end too early.
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closers.run(say));
  const stop = (): void => {
    stopping.abort();
    void close().then(() => process.exit(130));
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  try {
    return await work(closers, stopping.signal);
  } catch (error) {
    // After a signal the errors are those of work that was cut off.
    if (!stopping.signal.aborted) say(error instanceof Error ? error.message : String(error));
    stopping.abort();
    return 1;
  } finally {
    await close();
  }
}
