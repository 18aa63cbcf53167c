import { entry, type ErrorEntry } from './entry.ts';

/** Errors of Helm and its releases. */
export const HELM_ERRORS = {
  HELM_MISSING: entry(
    424,
    5,
    false,
    'The program helm is not there, or is not version 3 or 4.',
    'Install Helm 4 or 3 on the machine of the server, or set SLUICE_HELM to its path.',
  ),
  HELM_REFUSED: entry(
    422,
    2,
    false,
    'Helm ended with an error.',
    'Correct what the message names, and call again. After a write call helm_status first.',
  ),
  HELM_STOPPED: entry(
    504,
    6,
    false,
    'Helm did not end in its time, or the call was cancelled, and it was ended.',
    'Call helm_status: it says what state the release is in.',
  ),
  HELM_TOO_LARGE: entry(
    422,
    2,
    false,
    'Helm prints or renders more than the tools read.',
    'Reduce what the chart renders by its values, or divide the chart.',
  ),
  HELM_RELEASE_NOT_FOUND: entry(
    404,
    5,
    false,
    'There is no such release of Helm, or no such revision of it.',
    'Call helm_list, or helm_history for the revisions that Helm has kept.',
  ),
  HELM_RELEASE_HELD: entry(
    409,
    7,
    false,
    'An operation of Helm holds the release.',
    'Wait for its end. If nobody runs it any more, call helm_plan with the action unlock, then helm_unlock.',
  ),
} as const satisfies Record<string, ErrorEntry>;
