import type { NotRun } from '../../ports/not-run.ts';
import { ProgramFailure } from '../local/run-program.ts';

/** For the `catch` of a program. A cancelled call, and other errors, are thrown on. */
export function notRun(error: unknown, signal: AbortSignal): NotRun {
  signal.throwIfAborted();
  if (!(error instanceof ProgramFailure)) throw error;
  const why = error.missing ? error.message.replace(/: spawn.*$/, ' is not on this machine') : error.message;
  return { notRun: why.slice(0, 600) };
}
