import { UNCOVERED, type WindowState } from '../../src/domain/windows/state.ts';
import type { CloseRule } from '../../src/domain/windows/window.ts';
import type { WindowsPort } from '../../src/ports/windows.ts';

/** Windows that a test opens and closes. A change that is long due lets the release look again and again. */
export interface FakeWindows extends WindowsPort {
  open(): void;
  /** `by`: the names of the windows that close the target. */
  close(onClose: CloseRule, ...by: readonly string[]): void;
}

const DUE = { changesAt: 0 } as const;

/** No window concerns the target until a test opens or closes one. */
export function createFakeWindows(): FakeWindows {
  let state: WindowState = UNCOVERED;
  return {
    stateOf: async () => state,
    listOf: async () => [],
    open: () => (state = { open: true, reason: 'open, by days', by: ['days'], ...DUE }),
    close: (onClose, ...by) => (state = { open: false, reason: `closed by ${by.join(', ')}`, by, onClose, ...DUE }),
  };
}
