import type { ReleaseState } from './state.ts';

/** Exit codes of a command line that follows a release, besides the exit codes of errors. */
export const RELEASE_EXITS = {
  succeeded: { exit: 0, meaning: 'The release succeeded: all users are on the new version.' },
  'rolled-back': { exit: 10, meaning: 'The release ended and all users are back on the old version.' },
  refused: { exit: 11, meaning: 'The release ended before it changed anything.' },
  superseded: { exit: 12, meaning: 'Somebody set another version, and the release left it alone.' },
  'failed-needs-human': { exit: 13, meaning: 'The release ended and somebody has to look at the traffic.' },
  open: { exit: 14, meaning: 'The release or the delivery goes on: the time of `--timeout` or of `wait` is over.' },
} as const satisfies Partial<Record<ReleaseState | 'open', { readonly exit: number; readonly meaning: string }>>;

/** Exit codes after a signal, as shells define them: 128 plus the number of the signal. */
export const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;

/** The exit code for a release in the state that was last read. `closed`: its run has ended. */
export function exitOfRelease(state: ReleaseState, closed: boolean): number {
  if (!closed) return RELEASE_EXITS.open.exit;
  return Object.hasOwn(RELEASE_EXITS, state)
    ? RELEASE_EXITS[state as keyof typeof RELEASE_EXITS].exit
    : RELEASE_EXITS['failed-needs-human'].exit;
}

/** The exit code for the signal that an abort carries as its reason. */
export function exitOfSignal(reason: unknown): number {
  return reason === 'SIGTERM' ? SIGNAL_EXITS.SIGTERM : SIGNAL_EXITS.SIGINT;
}
