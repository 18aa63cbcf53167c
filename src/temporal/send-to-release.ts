import { randomUUID } from 'node:crypto';
import { commandSignals, commandUpdates, type CommandMessage } from '../../workflows/messages.ts';
import type { Command, CommandOutcome } from '../domain/release/command.ts';
import { SluiceError } from '../domain/errors.ts';
import type { TemporalLink } from './connection.ts';
import { describeRelease, notFound } from './describe-release.ts';
import { isMissing, isTimeout, isWithoutWorker, toSluiceError } from './failure.ts';
import { getRelease } from './get-release.ts';
import { noAnswer } from './pollers.ts';

/** Leaves room, within five seconds, to leave the command behind when nobody takes it up. */
const ACCEPT_MS = 2200;
const SIGNAL_MS = 800;

/** See ReleaseGateway.command. */
export async function sendToRelease(
  link: TemporalLink,
  taskQueue: string,
  id: string,
  command: Command,
  waitMs: number,
): Promise<CommandOutcome> {
  try {
    return await update(link, id, command, waitMs);
  } catch (error) {
    if (isMissing(error)) return handledEarlier(link, taskQueue, id, command);
    if (isTimeout(error) || isWithoutWorker(error)) return leaveBehind(link, taskQueue, id, command);
    throw toSluiceError(error, (await link.settings()).address);
  }
}

/** A fresh update id for every call: the workflow itself knows repeated requests, and tells them from first ones. */
async function update(link: TemporalLink, id: string, command: Command, waitMs: number): Promise<CommandOutcome> {
  const options = {
    args: [messageOf(command)] as [CommandMessage],
    updateId: `${command.requestId}/${randomUUID()}`,
    waitForStage: 'ACCEPTED',
  } as const;
  const sent = await link.raw(
    (client) => client.workflow.getHandle(id).startUpdate(commandUpdates[command.name], options),
    ACCEPT_MS,
  );
  const result = link.raw(() => sent.result(), Math.max(1, waitMs));
  return result.catch((error: unknown) =>
    isTimeout(error)
      ? accepted(command, 'The release took the command; its effect is under way.')
      : Promise.reject(error as Error),
  );
}

/**
 * No worker took the update, which the server forgets; a signal with the same request id waits in the release and acts
 * once.
 */
async function leaveBehind(
  link: TemporalLink,
  taskQueue: string,
  id: string,
  command: Command,
): Promise<CommandOutcome> {
  try {
    await link.raw(
      (client) => client.workflow.getHandle(id).signal(commandSignals[command.name], messageOf(command)),
      SIGNAL_MS,
    );
    return accepted(
      command,
      'No worker has taken the command up yet. It is kept in the release and is decided on as soon as a worker runs; release_get then shows its outcome.',
    );
  } catch (error) {
    if (isMissing(error)) return handledEarlier(link, taskQueue, id, command);
    const about = `${command.name} was sent to ${id}, but was not taken up; it may still act later.`;
    const { address } = await link.settings();
    throw await noAnswer(link, taskQueue, about, { request_id: command.requestId }).catch((failed: unknown) =>
      toSluiceError(failed, address),
    );
  }
}

function messageOf({ requestId, who, why, all }: Command): CommandMessage {
  return { requestId, who, ...(why === undefined ? {} : { why }), ...(all === undefined ? {} : { all }) };
}

function accepted({ requestId, name }: Command, detail: string): CommandOutcome {
  return { requestId, command: name, outcome: 'accepted', detail, duplicate: false };
}

/** A repeated request to a release that has ended gets its first outcome; any other one learns that it has ended. */
async function handledEarlier(
  link: TemporalLink,
  taskQueue: string,
  id: string,
  { requestId }: Command,
): Promise<CommandOutcome> {
  if (!(await describeRelease(link, id))) throw notFound(id);
  const view = await getRelease(link, taskQueue, id).catch(() => undefined);
  const earlier = view?.commands.find((outcome) => outcome.requestId === requestId);
  if (earlier) return { ...earlier, duplicate: true };
  throw new SluiceError('RELEASE_CLOSED', `The release ${id} has ended.`);
}
