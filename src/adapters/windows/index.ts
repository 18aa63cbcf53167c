import type { Target } from '../../domain/release/target.ts';
import { stateAt, UNCOVERED, type Span, type WindowState } from '../../domain/windows/state.ts';
import { covers, type Window } from '../../domain/windows/window.ts';
import type { WindowOccurrence, WindowsPort } from '../../ports/windows.ts';
import { spansOf } from './occurrences.ts';

const DAY_MS = 86_400_000;
/** How far ahead a change is searched: most windows change within days. */
const AHEAD_MS = [8 * DAY_MS, 62 * DAY_MS, 400 * DAY_MS];

/** Every name of the kubeconfig under which the cluster of a context is known, beginning with it. It does not throw. */
export type NamesOf = (context: string) => Promise<readonly string[]>;

/** The windows of the settings. `namesOf` is asked only if a window names another cluster than that of the target. */
export function createWindows(windows: readonly Window[], namesOf: NamesOf = async (name) => [name]): WindowsPort {
  const covering = async (target: Target): Promise<readonly Window[]> => {
    const named = windows.some(({ clusters }) => clusters.length > 0 && !clusters.includes(target.cluster));
    const names = named ? await namesOf(target.cluster) : [target.cluster];
    return windows.filter((window) => covers(window, target, names));
  };
  return {
    stateOf: async (target, at) => searchedState(at, await covering(target)),
    listOf: async (target, at) => (await covering(target)).map((window) => occurrenceOf(window, at)),
  };
}

function searchedState(at: number, windows: readonly Window[]): WindowState {
  let found = UNCOVERED;
  for (const ahead of windows.length === 0 ? [] : AHEAD_MS) {
    const spans = windows.flatMap((window) => spansOf(window, at, at + ahead));
    found = stateAt(at, windows, spans, at + ahead);
    if (found.changesAt !== undefined) return found;
  }
  return found;
}

function occurrenceOf(window: Window, at: number): WindowOccurrence {
  const span = firstSpan(window, at);
  if (!span) return { window, active: false };
  return { window, from: span.from, to: span.to, active: span.from <= at };
}

function firstSpan(window: Window, at: number): Span | undefined {
  for (const ahead of AHEAD_MS) {
    const [first] = spansOf(window, at, at + ahead);
    if (first) return first;
  }
  return undefined;
}
