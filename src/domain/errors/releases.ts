import { entry, type ErrorEntry } from './entry.ts';

/** Errors of releases and of commands to them. */
export const RELEASE_ERRORS = {
  PREFLIGHT_FAILED: entry(
    409,
    7,
    false,
    'The release cannot start as things are.',
    'Read the failed checks; each says what to change.',
  ),
  TARGET_BUSY: entry(409, 7, false, 'The target already has a running release.', 'Wait for that release, or abort it.'),
  SUPERSEDED: entry(
    409,
    7,
    false,
    'Somebody else set another version.',
    'Start a release for the version that should run.',
  ),
  RELEASE_NOT_FOUND: entry(404, 5, false, 'No release with this id.', 'Call release_list for the ids.'),
  RELEASE_CLOSED: entry(
    409,
    7,
    false,
    'The release has ended.',
    'Call release_get for its outcome; start a new release if needed.',
  ),
  RELEASE_HELD: entry(
    409,
    7,
    false,
    'The run of the release is paused in Temporal and decides nothing.',
    'Unpause it (temporal workflow unpause), or call argo_abort_rollout to take the traffic back now.',
  ),
  STALE_COMMAND: entry(
    409,
    7,
    false,
    'The command names a step or a run at which the release no longer is.',
    'Call release_get, and send the command again for what is there now if you still mean it.',
  ),
  NOT_WAITING: entry(
    409,
    7,
    false,
    'The release is not waiting for this command.',
    'Call release_get to see what it waits for.',
  ),
  VERDICT_NOT_PASSED: entry(
    409,
    7,
    false,
    'The step was not judged good.',
    'Abort, or use release_skip_analysis with a reason.',
  ),
  TOO_LATE: entry(
    409,
    7,
    false,
    'The new version is already the stable one.',
    'To go back, start a release of the earlier image.',
  ),
  STEP_DEADLINE: entry(
    504,
    8,
    false,
    'A step did not get ready within its deadline.',
    'Read the pod events; raise `timeouts.step` if the start is slow by nature.',
  ),
  NO_ANSWER: entry(
    504,
    8,
    true,
    'The release took the command but has not acted on it yet, or no worker is running.',
    'Call release_get; the same request id can be sent again safely.',
  ),
} as const satisfies Record<string, ErrorEntry>;
