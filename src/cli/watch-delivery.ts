import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { failureText, toFailure } from '../contract/failure.ts';
import { ERRORS, isErrorCode, SluiceError } from '../domain/errors.ts';
import { exitOfSignal } from '../domain/release/exit-code.ts';
import { deliveryGet } from '../toolsets/delivery/delivery-get.ts';
import type { ShownDelivery } from '../toolsets/delivery/shown-delivery.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import type { Format } from './format.ts';
import { terminalWords } from './terminal-words.ts';

const EVERY_MS = 1_000;

interface Watching {
  readonly name: string;
  readonly format: Format;
}

/**
 * Prints each change of a delivery until it ends or waits for a retry. It sets the exit code: 0 only if it was
 * delivered.
 */
export async function watchDelivery(deps: CliDeps, settings: Settings, { name, format }: Watching): Promise<void> {
  const services = await deps.open(settings);
  const { io } = deps;
  const caller = { id: `cli:${deps.user}`, kind: 'cli' } as const;
  const context: CommandContext = { ...services, caller, signal: io.stopped, progress: async () => undefined };
  try {
    const last = await follow(context, name, printer(deps, format), (text) => io.err(text));
    if (io.stopped.aborted) {
      io.err(`The command was interrupted. The delivery goes on: \`sluice delivery watch ${name}\` follows it.`);
      process.exitCode = exitOfSignal(io.stopped.reason);
    } else if (last) process.exitCode = exitOf(last);
  } finally {
    await services.close();
  }
}

/** What a delivery that does not run any more was last. Undefined after a signal. */
async function follow(
  context: CommandContext,
  name: string,
  show: (seen: ShownDelivery) => void,
  problem: (text: string) => void,
): Promise<ShownDelivery | undefined> {
  let lastProblem = '';
  while (!context.signal.aborted) {
    try {
      const seen = await deliveryGet.run(context, { name });
      show(seen);
      if (seen.state !== 'running') return seen;
    } catch (error) {
      // The delivery exists, so a worker or a server that is away may come back.
      if (!(error instanceof SluiceError && ['NO_ANSWER', 'TEMPORAL_UNREACHABLE'].includes(error.code))) throw error;
      const text = terminalWords(failureText(toFailure(error)).replace('\n', ' '), CATALOGUE);
      if (text !== lastProblem) problem(text);
      lastProblem = text;
    }
    await sleep(EVERY_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return undefined;
}

/** Text: a line for each step that has changed. JSON: a line for each change. */
function printer({ io }: CliDeps, format: Format): (seen: ShownDelivery) => void {
  const shown = new Map<string, string>();
  return (seen) => {
    const changed = seen.steps.filter((one) => shown.get(one.step) !== `${one.state} ${one.attempts}`);
    for (const { step, state, attempts } of changed) shown.set(step, `${state} ${attempts}`);
    if (format !== 'text') {
      if (changed.length > 0) io.out(JSON.stringify(seen));
      return;
    }
    for (const one of changed) if (one.state !== 'waiting') io.out(stepLine(one));
    if (seen.state !== 'running') io.out(terminalWords(endText(seen), CATALOGUE));
  };
}

function stepLine({ step, state, seconds, reason, error }: ShownDelivery['steps'][number]): string {
  const time = seconds === undefined ? '' : ` (${seconds} s)`;
  const why = [error, reason].filter((one) => one !== undefined).join(': ');
  return `${step}: ${state}${time}${why === '' ? '' : `: ${why}`}`;
}

function endText({ name, version, state, reason, next }: ShownDelivery): string {
  return [`${name} ${version}: ${state}. ${reason}`, ...(next === '' ? [] : [next])].join('\n');
}

/** The exit code of the failure of a step, if the delivery waits for a retry. */
function exitOf({ state, steps }: ShownDelivery): number {
  if (state === 'delivered') return 0;
  const code = steps.find(({ error }) => error !== undefined)?.error;
  return isErrorCode(code) ? ERRORS[code].exit : ERRORS.DELIVERY_CLOSED.exit;
}
