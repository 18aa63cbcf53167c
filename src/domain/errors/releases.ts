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
  STRATEGY_UNKNOWN: entry(
    409,
    7,
    true,
    'This version of Sluice does not know the strategy of the release.',
    'Run the server and the workers in the version that started the release.',
  ),
  RELEASE_NOT_FOUND: entry(404, 5, false, 'No release with this id.', 'Call release_list for the ids.'),
  RELEASE_CLOSED: entry(
    409,
    7,
    false,
    'The release has ended.',
    'Call release_get for its outcome; start a new release if needed.',
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
  MARK_LOST: entry(
    409,
    7,
    false,
    'The owner mark (annotation sluice.dev/owner) of a running release was removed, so the release may not write.',
    'See with release_get where the traffic is. Roll back by hand (`kubectl argo rollouts abort`), or terminate the release in Temporal and start a new one.',
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
