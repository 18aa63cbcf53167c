import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandSignals, commandUpdates, type CommandMessage } from '../../workflows/messages.ts';
import type { Command, CommandOutcome } from '../domain/release/command.ts';
import { SluiceError } from '../domain/errors.ts';
import { heldText } from '../domain/release/run-facts.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing, isSignalLimit, undeliverable, toSluiceError, type Undeliverable } from './failure.ts';
import { factsOf, getRelease, stuckFacts } from './get-release.ts';
import { noAnswer } from './pollers.ts';
import { notFound, type Releases } from './release-type.ts';
import { isOpen } from './run.ts';

/** Short enough to leave time, within five seconds, to store the command when no worker accepts it. */
const ACCEPT_MS = 2200;
const SIGNAL_MS = 800;
const LOOK_MS = 150;

interface Sending {
  readonly link: TemporalLink;
  readonly releases: Releases;
  readonly taskQueue: string;
  readonly id: string;
  readonly command: Command;
  readonly waitMs: number;
}

/** See ReleaseGateway.command. */
export async function sendToRelease(sending: Sending, again = true): Promise<CommandOutcome> {
  try {
    return await update(sending);
  } catch (error) {
    // The run may have ended because the next one continues it. That one takes the command, which acts once.
    if (isMissing(error) && again && (await isRunning(sending))) return sendToRelease(sending, false);
    if (isMissing(error)) return handledEarlier(sending);
    const why = undeliverable(error);
    if (why) return asSignal(sending, why);
    throw toSluiceError(error, (await sending.link.settings()).address);
  }
}

async function isRunning({ releases, id }: Sending): Promise<boolean> {
  const run = await releases.describe(id);
  return run !== undefined && isOpen(run);
}

/** Every call gets a new update id: the workflow itself recognises repeated requests. */
async function update({ releases, id, command, waitMs }: Sending): Promise<CommandOutcome> {
  const done = await releases.update<CommandOutcome, [CommandMessage]>(id, commandUpdates[command.name], {
    args: [messageOf(command)],
    updateId: `${command.requestId}/${randomUUID()}`,
    acceptMs: ACCEPT_MS,
    resultMs: waitMs,
  });
  return done?.result ?? accepted(command, 'The release accepted the command; its effect is in progress.');
}

/**
 * The run did not accept the update, and the server drops it. A signal with the same request id is queued in the run
 * and acts once.
 */
async function asSignal(sending: Sending, why: Undeliverable): Promise<CommandOutcome> {
  const { link, releases, taskQueue, id, command } = sending;
  try {
    await releases.signal(id, commandSignals[command.name], [messageOf(command)], SIGNAL_MS);
  } catch (error) {
    if (isMissing(error)) return handledEarlier(sending);
    if (isSignalLimit(error) && command.name === 'abort') return cancelled(sending);
    if (isSignalLimit(error)) throw overLimit(id);
    const about = `${command.name} was sent to ${id}, but was not accepted yet; it may still act later.`;
    const { address } = await link.settings();
    throw await noAnswer(link, taskQueue, about, { request_id: command.requestId }).catch((failed: unknown) =>
      toSluiceError(failed, address),
    );
  }
  return (why === 'update-limit' && (await outcomeOf(sending))) || accepted(command, await waits(sending, why));
}

const SIGNALLED = 'It is stored in the release as a signal';

async function waits({ releases, id }: Sending, why: Undeliverable): Promise<string> {
  const run = why === 'update-limit' ? undefined : await releases.describe(id, SIGNAL_MS).catch(() => undefined);
  const stuck = run && (await stuckFacts(releases, run));
  if (stuck) return `${SIGNALLED} and is decided on when a worker carries the run on. ${heldText(stuck)}`;
  switch (why) {
    case 'paused':
      return `${SIGNALLED} and is decided on when the run is unpaused. ${heldText(run ? factsOf(run) : {})}`;
    case 'update-limit':
      return `${SIGNALLED}, because this run has taken as many updates as Temporal allows; release_get shows its outcome.`;
    case 'task-fails':
      return `${SIGNALLED}. The workflow task of the run fails; temporal workflow show --workflow-id names the reason.`;
    case 'no-worker':
      return 'No worker has accepted the command yet. It is stored in the release and is decided on as soon as a worker runs; release_get then shows its outcome.';
  }
}

/** A signal has no answer. The release lists the outcomes of its commands. */
async function outcomeOf({ releases, id, command, waitMs }: Sending): Promise<CommandOutcome | undefined> {
  for (const end = Date.now() + waitMs; Date.now() < end; await sleep(LOOK_MS)) {
    const view = await releases.query(id, LOOK_MS * 5).catch(() => undefined);
    const outcome = view?.commands.find(({ requestId }) => requestId === command.requestId);
    if (outcome) return outcome;
  }
  return undefined;
}

/** Cancellation has no limit, and the workflow reacts with the same rollback. */
async function cancelled({ releases, id, command }: Sending): Promise<CommandOutcome> {
  await releases.cancel(id, SIGNAL_MS);
  return accepted(
    command,
    'This run can take no further signal, so it was cancelled in Temporal instead; it rolls back and then ends as cancelled.',
  );
}

function overLimit(id: string): SluiceError {
  return new SluiceError('NO_ANSWER', `The run of ${id} has taken as many commands as Temporal allows.`, {
    next: 'Only release_abort still reaches it: it is sent as a cancellation.',
  });
}

function messageOf({ name: _, ...message }: Command): CommandMessage {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)) as typeof message;
}

function accepted({ requestId, name }: Command, detail: string): CommandOutcome {
  return { requestId, command: name, outcome: 'accepted', detail, duplicate: false };
}

/**
 * A repeated request to a release that has ended returns its first outcome. Any other request gets an error that it has
 * ended.
 */
async function handledEarlier({ link, releases, taskQueue, id, command }: Sending): Promise<CommandOutcome> {
  if (!(await releases.describe(id))) throw notFound(id);
  const view = await getRelease(link, releases, taskQueue, id).catch(() => undefined);
  const earlier = view?.commands.find((outcome) => outcome.requestId === command.requestId);
  if (earlier) return { ...earlier, duplicate: true };
  const recover = view?.state === 'failed-needs-human';
  throw new SluiceError(
    'RELEASE_CLOSED',
    `The release ${id} has ended${recover ? ` from outside. ${view.reason}` : '.'}`,
    {
      ...(recover && { next: `Call release_recover with release_id "${id}".` }),
    },
  );
}
