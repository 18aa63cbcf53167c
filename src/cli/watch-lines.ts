import { render, type Format } from './format.ts';
import type { Io } from './deps.ts';
import type { Watched } from './watch-frame.ts';

/** Where a release is shown while it is followed. */
export interface Screen {
  show(view: Watched): void | Promise<void>;
  /** Why the last look failed. */
  problem(text: string): void;
  done(): void;
}

/** A pipe that stays silent for longer looks dead to people and is ended by some CI systems. */
const ALIVE_MS = 15_000;

/**
 * For pipes and CI. Text: each event once, each change of the verdict, and a line every 15 s at least.
 * JSON: one line for each change, with the events since the line before; `changed` is false in a sign of life.
 */
export function lineScreen(io: Io, format: Format, now: () => number = Date.now): Screen {
  const lines = format === 'json' || format === 'yaml' ? dataLines(format) : textLines();
  let lastChange = '';
  let lastLine = now();
  let lastEvent = 0;
  let lastProblem = '';
  return {
    async show(view) {
      lastProblem = '';
      const events = view.events.filter(({ at }) => Date.parse(at) > lastEvent);
      lastEvent = Math.max(lastEvent, ...events.map(({ at }) => Date.parse(at)));
      const change = changeOf(view);
      const changed = change !== lastChange || events.length > 0;
      lastChange = change;
      if (!changed && now() - lastLine < ALIVE_MS) return;
      for (const line of await lines({ ...view, events }, changed)) {
        lastLine = now();
        io.out(line);
      }
    },
    problem(text) {
      if (text !== lastProblem) io.err(text);
      lastProblem = text;
    },
    done: () => undefined,
  };
}

/** What makes a new line worth reading. Figures that grow with each scrape do not. */
function changeOf({ state, step, waiting, verdict, weights, closed_at: closed }: Watched): string {
  return JSON.stringify([state, step?.index, waiting?.for, verdict?.outcome, weights?.effective, closed]);
}

type Lines = (view: Watched, changed: boolean) => Promise<readonly string[]>;

function dataLines(format: 'json' | 'yaml'): Lines {
  return async (view, changed) => {
    const line = { changed, ...view };
    return [format === 'json' ? JSON.stringify(line) : `---\n${await render('yaml', line, () => '')}`];
  };
}

function textLines(): Lines {
  let last = '';
  return async (view, changed) => {
    const lines = view.events.map(({ at, state, text, who }) => `${at} ${state}: ${text}${who ? ` (${who})` : ''}`);
    const headline = `${view.state}: ${view.reason}`;
    const known = view.events.some(({ state, text }) => `${state}: ${text}` === headline) || last === headline;
    last = headline;
    if (view.closed_at !== undefined) return known ? lines : [...lines, `${view.closed_at} ${headline}`];
    if (changed) return known ? lines : [...lines, `${new Date().toISOString()} ${headline}`];
    return [`${new Date().toISOString()} still ${headline}${place(view)}`];
  };
}

function place({ step, weight_wanted: weight }: Watched): string {
  return step ? ` (step ${Math.min(step.index + 1, step.of)} of ${step.of}, weight ${weight} %)` : '';
}
