import type { CommandTask, TaskState } from '../../commands/command-task.ts';
import type { ReleaseOutput } from '../../contract/release-view.ts';
import { releaseText } from './state-text.ts';

type Read = ReleaseOutput & { readonly next: string };

/**
 * A release that release_start has begun: it is over when the release has ended. One that waits in a queue has no run
 * that could be followed.
 */
export const startedTask: CommandTask = {
  keyOf: ({ release_id: id, run_id: run, request_id: request, started }) =>
    typeof run !== 'string'
      ? undefined
      : { release_id: String(id), run_id: run, request_id: String(request), started: String(started) },
  read: ({ release_id, run_id }) => ({ tool: 'release_get', input: { release_id, run_id } }),
  stateOf(read, key) {
    const view = read as Read;
    const state = workingOn(view);
    if (view.closed_at === undefined) return state;
    const cancelled = view.commands.some(
      (one) => one.request_id === cancelling(key) && ['applied', 'accepted'].includes(one.outcome),
    );
    if (cancelled && view.state !== 'succeeded') return { ...state, status: 'cancelled' };
    const output = {
      ...{ release_id: view.release_id, run_id: view.run_id, request_id: key['request_id'] },
      ...{ started: key['started'] === 'true', target: view.target, image: view.image, strategy: view.strategy },
      ...{ weights: view.step?.weights ?? [], next: view.next },
    };
    return { ...state, status: 'completed', result: { output, text: releaseText(view) } };
  },
  cancel: (key) => ({
    tool: 'release_abort',
    input: {
      release_id: key['release_id'],
      run_id: key['run_id'],
      request_id: cancelling(key),
      reason: 'the client that follows the release as a task cancelled it',
      confirm: key['release_id'],
    },
  }),
};

/** The request id of the abort, so that a repeated cancellation acts once. */
const cancelling = ({ run_id: run = '' }: Readonly<Record<string, string>>): string => `task-${run.slice(0, 36)}`;

/** The next change of a release that release_wait waits for. */
export const awaitedTask: CommandTask = {
  atOnce: (input) => ({ ...input, timeout_seconds: 0 }),
  keyOf: ({ release_id: id, cursor, changed }) =>
    changed === true ? undefined : { release_id: String(id), cursor: String(cursor) },
  read: ({ release_id, cursor }) => ({ tool: 'release_wait', input: { release_id, cursor, timeout_seconds: 0 } }),
  stateOf(read) {
    const view = read as Read & { readonly changed: boolean };
    const state = workingOn(view);
    return view.changed || view.closed_at !== undefined
      ? { ...state, status: 'completed', result: { output: view, text: releaseText(view) } }
      : state;
  },
};

function workingOn(view: Read): TaskState {
  return {
    status: 'working',
    message: `${view.state}: ${view.reason}. ${view.next}`,
    createdAt: view.started_at,
    updatedAt: view.closed_at ?? view.events.at(-1)?.at ?? view.started_at,
  };
}
