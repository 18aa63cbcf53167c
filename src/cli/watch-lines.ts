import { render, type Format } from './format.ts';
import type { Io } from './deps.ts';
import type { Watched } from './watch-frame.ts';
import { withWho } from '../domain/with-who.ts';

/** The display of a release that is followed. */
export interface Screen {
  /** `askedAt`: when the release was asked for the view, epoch ms. */
  show(view: Watched, askedAt: number): void | Promise<void>;
  /** Why the last read failed. */
  problem(text: string): void;
  done(): void;
}

/** A pipe that is silent for longer looks dead to people, and some CI systems end it. */
const ALIVE_MS = 15_000;

/**
 * For pipes and CI. Text: each event once, each change of the verdict, and a line at least every 15 s. The times of the
 * lines do not go back. JSON: one line for each change, with the events since the previous line. `changed` is false in
 * the lines that are printed while nothing changes.
 */
export function lineScreen(io: Io, format: Format, now: () => number = Date.now): Screen {
  const lines = format === 'json' || format === 'yaml' ? dataLines(format) : textLines();
  let lastChange = '';
  let lastLine = now();
  let lastEvent = 0;
  let lastProblem = '';
  return {
    async show(view, askedAt) {
      lastProblem = '';
      const events = view.events.filter(({ at }) => Date.parse(at) > lastEvent);
      lastEvent = Math.max(lastEvent, ...events.map(({ at }) => Date.parse(at)));
      const change = changeOf(view);
      const changed = change !== lastChange || events.length > 0;
      lastChange = change;
      if (!changed && now() - lastLine < ALIVE_MS) return;
      for (const line of await lines({ ...view, events }, changed, askedAt)) {
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

/** The facts whose change needs a new line. Figures that grow with each scrape are not among them. */
function changeOf({ state, step, waiting, verdict, weights, closed_at: closed }: Watched): string {
  return JSON.stringify([state, step?.index, waiting?.for, verdict?.outcome, weights?.effective, closed]);
}

type Lines = (view: Watched, changed: boolean, askedAt: number) => Promise<readonly string[]>;

function dataLines(format: 'json' | 'yaml'): Lines {
  return async (view, changed) => {
    const line = { changed, ...view };
    return [format === 'json' ? JSON.stringify(line) : `---\n${await render('yaml', line, () => '')}`];
  };
}

function textLines(): Lines {
  let last = '';
  let lastTime = 0;
  return async (view, changed, askedAt) => {
    // An event may come between the question and its answer. Later ones have a later time than the question.
    lastTime = Math.max(lastTime, askedAt, ...view.events.map(({ at }) => Date.parse(at)));
    const time = new Date(lastTime).toISOString();
    const lines = view.events.map(({ at, state, text, who }) => `${at} ${state}: ${withWho(text, who)}`);
    const headline = `${view.state}: ${view.reason}`;
    const same = last === headline;
    const known = view.events.some(({ state, text }) => `${state}: ${text}` === headline) || same;
    last = headline;
    if (view.closed_at !== undefined) return known ? lines : [...lines, `${view.closed_at} ${headline}`];
    if (changed) return known ? lines : [...lines, `${time} ${headline}`];
    // The reason of a state may have figures of the moment at which it began. They are told once.
    return [`${time} still ${same ? view.state : headline}${place(view)}`];
  };
}

function place({ step, weight_wanted: weight }: Watched): string {
  return step ? ` (step ${Math.min(step.index + 1, step.of)} of ${step.of}, weight ${weight} %)` : '';
}
