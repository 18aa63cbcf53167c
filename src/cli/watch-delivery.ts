import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { failureText, toFailure } from '../contract/failure.ts';
import { ERRORS, isErrorCode, SluiceError } from '../domain/errors.ts';
import { exitOfSignal, RELEASE_EXITS } from '../domain/release/exit-code.ts';
import { deliveryGet } from '../toolsets/delivery/delivery-get.ts';
import type { ShownDelivery } from '../toolsets/delivery/shown-delivery.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import { deliveryLines } from './delivery-lines.ts';
import type { CliDeps } from './deps.ts';
import type { Format } from './format.ts';
import { terminalWords } from './terminal-words.ts';

const EVERY_MS = 1_000;

interface Watching {
  readonly name: string;
  readonly format: Format;
  /** Ends following after this time. The delivery goes on. */
  readonly timeoutMs?: number;
}

/**
 * Prints each change of a delivery until it ends or waits for a retry. It sets the exit code: 0 only if it was
 * delivered.
 */
export async function watchDelivery(deps: CliDeps, settings: Settings, watching: Watching): Promise<void> {
  const { format } = watching;
  const services = await deps.open(settings);
  const { io } = deps;
  const caller = { id: `cli:${deps.user}`, kind: 'cli' } as const;
  const context: CommandContext = { ...services, caller, signal: io.stopped, progress: async () => undefined };
  try {
    const screen = { show: deliveryLines(io, format), problem: (text: string) => io.err(text) };
    const last = await follow(context, watching, screen);
    process.exitCode = last ? exitOf(last) : ending(deps, watching);
  } finally {
    await services.close();
  }
}

/** What a delivery that does not run any more was last. Undefined after a signal, or if the time is over. */
async function follow(
  context: CommandContext,
  { name, timeoutMs = Infinity }: Watching,
  screen: { readonly show: (seen: ShownDelivery) => void; readonly problem: (text: string) => void },
): Promise<ShownDelivery | undefined> {
  const end = Date.now() + timeoutMs;
  let lastProblem = '';
  while (!context.signal.aborted) {
    try {
      const seen = await deliveryGet.run(context, { name });
      screen.show(seen);
      if (seen.state !== 'running') return seen;
    } catch (error) {
      // The delivery exists, so a worker or a server that is away may come back.
      if (!(error instanceof SluiceError && ['NO_ANSWER', 'TEMPORAL_UNREACHABLE'].includes(error.code))) throw error;
      const text = terminalWords(failureText(toFailure(error)).replace('\n', ' '), CATALOGUE);
      if (text !== lastProblem) screen.problem(text);
      lastProblem = text;
    }
    if (Date.now() >= end) return undefined;
    const pause = Math.min(EVERY_MS, end - Date.now());
    await sleep(pause, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return undefined;
}

/** Says why following ended while the delivery goes on. Returns the exit code. */
function ending({ io }: CliDeps, { name, timeoutMs = 0 }: Watching): number {
  const { stopped } = io;
  const why = stopped.aborted ? 'The command was interrupted.' : `${timeoutMs / 1000} s are over.`;
  io.err(`${why} The delivery goes on: \`sluice delivery watch ${name}\` follows it.`);
  return stopped.aborted ? exitOfSignal(stopped.reason) : RELEASE_EXITS.open.exit;
}

/** The exit code of a step's failure, if the delivery waits for a retry; that of DELIVERY_CLOSED after a cancel. */
function exitOf({ state, steps }: ShownDelivery): number {
  if (state === 'delivered') return 0;
  if (state !== 'waiting-for-retry') return ERRORS.DELIVERY_CLOSED.exit;
  const code = steps.find(({ error }) => error !== undefined)?.error;
  return isErrorCode(code) ? ERRORS[code].exit : ERRORS.DELIVERY_CLOSED.exit;
}
