import { setTimeout as sleep } from 'node:timers/promises';
import { releaseGet } from '../toolsets/release/release-get.ts';
import { admitted } from '../commands/access.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import { exitOfRelease, exitOfSignal } from '../domain/release/exit-code.ts';
import { currentCaller } from './caller.ts';
import type { CliDeps } from './deps.ts';
import type { Format } from './format.ts';
import { frame, type Watched } from './watch-frame.ts';
import { appendSummary } from './summary.ts';
import { lineScreen, type Screen } from './watch-lines.ts';
import { failureText, toFailure } from '../contract/failure.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import { terminalWords } from './terminal-words.ts';

const EVERY_MS = 1000;

/**
 * A release without a worker exists, so watching continues. If the server never answered, nobody knows whether there is
 * a release, unless this command has started it.
 */
function passes(error: unknown, seen: boolean): error is SluiceError {
  if (!(error instanceof SluiceError)) return false;
  return error.code === 'NO_ANSWER' || (seen && error.code === 'TEMPORAL_UNREACHABLE');
}

/** The advice of an error to repeat the call does not apply, because watching does that. */
function problemText(error: SluiceError): string {
  const { next, ...failure } = toFailure(error);
  const advice = error.code === 'NO_ANSWER' ? 'Start a worker (sluice worker) if none runs.' : next;
  const text = failureText({ ...failure, next: `${advice} This command goes on and asks again every second.` });
  return terminalWords(text.replace('\n', ' '), CATALOGUE);
}

export interface Watching {
  /** The input of release_get: a release id, or a target. */
  readonly which: Record<string, unknown>;
  readonly format: Format;
  /** Ends watching after this time. The release continues. */
  readonly timeoutMs?: number;
  /** This command has started the release, so it exists. */
  readonly started?: boolean;
  /** A summary in Markdown is appended to this file when watching ends. */
  readonly summary?: string;
}

/** Shows a release until it ends, the time is over, or a signal comes. Returns the exit code. */
export async function runWatch(deps: CliDeps, settings: Settings, watching: Watching): Promise<number> {
  const input = releaseGet.check({ ...watching.which, detail: 'full' }, settings);
  const caller = await currentCaller(deps, settings);
  const services = await deps.open(settings);
  const given: CommandContext = {
    ...services,
    caller,
    signal: deps.io.stopped,
    progress: () => Promise.resolve(),
  };
  const live = deps.io.live && watching.format === 'text';
  const screen = live ? await liveScreen() : lineScreen(deps.io, watching.format);
  try {
    const context = await admitted(releaseGet, given, input);
    const last = await follow(context, input, screen, watching);
    screen.done();
    if (watching.summary !== undefined && last) await appendSummary(deps, context, last, watching.summary);
    return ending(deps, last, watching);
  } finally {
    screen.done();
    await services.close();
  }
}

/** The release as it was last read. Undefined if it was never read. */
async function follow(
  context: CommandContext,
  input: Parameters<typeof releaseGet.run>[1],
  screen: Screen,
  { timeoutMs = Infinity, started = false }: Watching,
): Promise<Watched | undefined> {
  const end = Date.now() + timeoutMs;
  let last: Watched | undefined;
  while (!context.signal.aborted) {
    try {
      const askedAt = Date.now();
      last = await releaseGet.run(context, input);
      await screen.show(last, askedAt);
      if (last.closed_at !== undefined) return last;
    } catch (error) {
      if (!passes(error, started || last !== undefined)) throw error;
      screen.problem(problemText(error));
    }
    if (Date.now() >= end) return last;
    const pause = Math.min(EVERY_MS, end - Date.now());
    await sleep(pause, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return last;
}

/** Prints to stderr why watching ended while the release continues. Returns the exit code. */
function ending({ io }: CliDeps, last: Watched | undefined, { timeoutMs = 0 }: Watching): number {
  if (last?.closed_at !== undefined) return exitOfRelease(last.state, true);
  const { stopped } = io;
  const why = stopped.aborted ? 'The command was interrupted.' : `${timeoutMs / 1000} s are over.`;
  io.err(`${why} ${stillText(last)}`);
  return stopped.aborted ? exitOfSignal(stopped.reason) : exitOfRelease(last?.state ?? 'preflight', false);
}

function stillText(last: Watched | undefined): string {
  if (!last) return 'The release was not seen.';
  const { namespace, rollout, cluster } = last.target;
  const place = `${namespace}/${rollout} --cluster ${cluster}`;
  const answers = last.waiting?.answers ?? [];
  const course = answers.length > 0 ? `waits for a person (${answers.join(', ')})` : 'goes on without you';
  return `The release is still ${last.state} and ${course}. \`sluice release watch ${place}\` follows it, \`sluice release abort ${place}\` ends it.`;
}

async function liveScreen(): Promise<Screen> {
  const { default: logUpdate } = await import('log-update');
  let last: Watched | undefined;
  return {
    show: (view) => logUpdate(frame((last = view), undefined, process.stdout.columns, process.stdout.rows)),
    problem: (text) => logUpdate(frame(last, text, process.stdout.columns, process.stdout.rows)),
    done: () => logUpdate.done(),
  };
}
