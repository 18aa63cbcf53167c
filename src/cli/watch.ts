import { setTimeout as sleep } from 'node:timers/promises';
import { releaseGet } from '../toolsets/release/release-get.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { CliDeps } from './deps.ts';
import { frame, type Watched } from './watch-frame.ts';

const EVERY_MS = 1000;
/** Exit code for a release that ended otherwise than well. */
const ENDED_BADLY = 10;
/** A release without a worker exists and is waited for; a server that never answered is no release to watch. */
function passes(error: unknown, seen: boolean): error is SluiceError {
  if (!(error instanceof SluiceError)) return false;
  return error.code === 'NO_ANSWER' || (seen && error.code === 'TEMPORAL_UNREACHABLE');
}

interface Screen {
  show(view: Watched): void;
  problem(text: string): void;
  done(): void;
}

/** Shows a release until it ends. Returns the exit code. */
export async function runWatch(deps: CliDeps, settings: Settings, which: Record<string, unknown>): Promise<number> {
  const input = releaseGet.check({ ...which, detail: 'full' }, settings);
  const services = await deps.open(settings);
  const context: CommandContext = {
    ...services,
    caller: { id: `cli:${deps.user}`, kind: 'cli' },
    signal: deps.io.stopped,
    progress: () => Promise.resolve(),
  };
  const screen = deps.io.live ? await liveScreen() : lineScreen(deps);
  try {
    return await follow(context, input, screen);
  } finally {
    screen.done();
    await services.close();
  }
}

async function follow(
  context: CommandContext,
  input: Parameters<typeof releaseGet.run>[1],
  screen: Screen,
): Promise<number> {
  let seen = false;
  while (!context.signal.aborted) {
    try {
      const view = await releaseGet.run(context, input);
      seen = true;
      screen.show(view);
      if (view.closed_at !== undefined) return view.state === 'succeeded' ? 0 : ENDED_BADLY;
    } catch (error) {
      if (!passes(error, seen)) throw error;
      screen.problem(`${error.code}: ${error.message}`);
    }
    await sleep(EVERY_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return 0;
}

async function liveScreen(): Promise<Screen> {
  const { default: logUpdate } = await import('log-update');
  let last: Watched | undefined;
  return {
    show: (view) => logUpdate(frame((last = view), undefined, process.stdout.columns)),
    problem: (text) => logUpdate(frame(last, text, process.stdout.columns)),
    done: () => logUpdate.done(),
  };
}

/** For pipes and CI: each event once, as a line. */
function lineScreen({ io }: CliDeps): Screen {
  let told = 0;
  let lastProblem = '';
  return {
    show(view) {
      lastProblem = '';
      const fresh = view.events.filter(({ at }) => Date.parse(at) > told);
      for (const { at, state, text, who } of fresh) io.out(`${at} ${state}: ${text}${who ? ` (${who})` : ''}`);
      told = Math.max(told, ...fresh.map(({ at }) => Date.parse(at)));
      if (view.closed_at !== undefined && view.events.at(-1)?.text !== view.reason)
        io.out(`${view.closed_at} ${view.state}: ${view.reason}`);
    },
    problem(text) {
      if (text !== lastProblem) io.err(text);
      lastProblem = text;
    },
    done: () => undefined,
  };
}
