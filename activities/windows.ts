import { sleep } from '@temporalio/activity';
import type { Target } from '../src/domain/release/target.ts';
import { UNCOVERED, type WindowState } from '../src/domain/windows/state.ts';
import type { WindowsPort } from '../src/ports/windows.ts';

/** Without windows every target is open. */
const NO_WINDOWS: WindowsPort = { stateOf: async () => UNCOVERED, listOf: async () => [] };

/** The clock of the machine may be set, so no wait is longer. */
const LONGEST_WAIT_MS = 60_000;
const LEAST_WAIT_MS = 50;

interface Wait {
  readonly target: Target;
  /** The state that the release knows. */
  readonly known: WindowState;
}

export const windowActivities = (windows: WindowsPort = NO_WINDOWS, now: () => number = Date.now) => ({
  /** The state of the windows of a target as of now. */
  async windowState(target: Target): Promise<WindowState> {
    return windows.stateOf(target, now());
  },

  /**
   * Waits until the windows of a target are in another state than the known one. Another worker, with other settings,
   * may take it over, and then compares with its own windows.
   */
  async windowChange({ target, known }: Wait): Promise<WindowState> {
    for (;;) {
      const state = await windows.stateOf(target, now());
      if (JSON.stringify(state) !== JSON.stringify(known)) return state;
      const left = (state.changesAt ?? Infinity) - now();
      await sleep(Math.min(LONGEST_WAIT_MS, Math.max(LEAST_WAIT_MS, left)));
    }
  },
});
