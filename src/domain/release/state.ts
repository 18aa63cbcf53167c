/** Every state that a release can be in. Additions to design.md's list: docs/adr/0002. */
export const RELEASE_STATES = [
  'preflight',
  'waiting-for-approval',
  'waiting-for-window',
  'starting',
  'shifting',
  'verifying',
  'soaking',
  'judging',
  'waiting-for-decision',
  'paused',
  'promoting',
  'aborting',
  'succeeded',
  'rolled-back',
  'superseded',
  'refused',
  'failed-needs-human',
] as const;

export type ReleaseState = (typeof RELEASE_STATES)[number];

/**
 * States in which the workflow has closed. In `failed-needs-human` the workflow is open: its rollback waits for a
 * person, or still retries.
 */
export const CLOSED_STATES = [
  'succeeded',
  'rolled-back',
  'superseded',
  'refused',
] as const satisfies readonly ReleaseState[];
export type ClosedState = (typeof CLOSED_STATES)[number];

export function isClosed(state: ReleaseState): state is ClosedState {
  return (CLOSED_STATES as readonly string[]).includes(state);
}
