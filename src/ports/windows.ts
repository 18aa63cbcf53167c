import type { Target } from '../domain/release/target.ts';
import type { WindowState } from '../domain/windows/state.ts';
import type { Window } from '../domain/windows/window.ts';

/** One occurrence of a window that concerns a target. Epoch ms. */
export interface WindowOccurrence {
  readonly window: Window;
  /** The occurrence that is active, or else the next one. Absent: there is none within the next 400 days. */
  readonly from?: number;
  readonly to?: number;
  readonly active: boolean;
}

/** The windows of the settings. No method throws. */
export interface WindowsPort {
  /** The state of a target at a moment, epoch ms. */
  stateOf(target: Target, at: number): Promise<WindowState>;
  /** The windows that concern the target, in the order of the settings. */
  listOf(target: Target, at: number): Promise<readonly WindowOccurrence[]>;
}
