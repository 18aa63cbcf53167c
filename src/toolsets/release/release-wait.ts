import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { whereToDecide } from '../../commands/decision-page.ts';
import { release, toReleaseOutput } from '../../contract/release-view.ts';
import { present } from '../../domain/release/present.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { knownRelease } from './known-release.ts';
import { withNewestEvidence } from './newest-evidence.ts';
import { nextCall, stateText } from './next-call.ts';
import { awaitedTask } from './followed-tasks.ts';
import { releaseText } from './state-text.ts';
import { withWindow } from './windows-check.ts';
import { checkWhich, idOf, whichRelease } from '../../commands/which-release.ts';

const POLL_MS = 1000;

const input = z.strictObject({
  ...whichRelease,
  timeout_seconds: z.number().min(0).max(50).optional().describe('Default 25.'),
  cursor: z
    .string()
    .max(300)
    .optional()
    .describe(
      'Of the last answer: waits for what comes after it. Without it, a release that has ended or needs somebody answers at once.',
    ),
});
const output = z.strictObject({ ...release.shape, changed: z.boolean(), cursor: z.string(), next: z.string() });

export const releaseWait: Command<typeof input, typeof output> = {
  name: 'release_wait',
  title: 'Wait for a release',
  description:
    'Waits until the state of a release changes, it ends, or it needs somebody; at most 50 s, then call again with the returned cursor. Answers what release_get does, and whether it changed.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input,
  output,
  listed: {
    input: ['release_id', 'timeout_seconds', 'cursor'],
    output: ['changed', 'cursor', 'state', 'reason', 'waiting', 'next'],
  },
  examples: [{ title: 'Wait half a minute', input: { release_id: 'release/prod/shop/web', timeout_seconds: 30 } }],
  check: (raw) => checkWhich(input, raw),
  async run(context, which) {
    const id = await idOf(context, which);
    const { view, changed } = await waitForChange(context, id, which.cursor, (which.timeout_seconds ?? 25) * 1000);
    const call = nextCall(view, whereToDecide(context, view));
    const next = changed || view.waiting ? call : `No change yet. ${call}`;
    return { ...toReleaseOutput(await withWindow(context, view), 5), changed, cursor: cursorOf(view), next };
  },
  task: awaitedTask,
  text: releaseText,
};

async function waitForChange(
  context: CommandContext,
  id: string,
  cursor: string | undefined,
  waitMs: number,
): Promise<{ view: ReleaseView; changed: boolean }> {
  const end = Date.now() + waitMs;
  let view = await shownRelease(context, id);
  const since = cursor ?? cursorOf(view);
  if (cursor === undefined && settled(view)) return { view, changed: true };
  while (cursorOf(view) === since && !ended(view) && Date.now() < end && !context.signal.aborted) {
    await context.progress(stateText(view), 1 - (end - Date.now()) / Math.max(1, waitMs));
    await sleep(Math.min(POLL_MS, Math.max(0, end - Date.now())), undefined, { signal: context.signal }).catch(
      () => undefined,
    );
    view = await shownRelease(context, id);
  }
  return { view, changed: cursorOf(view) !== since };
}

/** The release as every interface shows it. Errors: those of ReleaseGateway.get. */
async function shownRelease(context: CommandContext, id: string): Promise<ReleaseView> {
  return present(await withNewestEvidence(context, (await knownRelease(context, id)).view));
}

/** Whether the run has ended, also from outside. */
function ended(view: ReleaseView): boolean {
  return view.closedAt !== undefined;
}

function settled(view: ReleaseView): boolean {
  return ended(view) || view.waiting !== undefined;
}

/** A value that changes with every fact that a waiting caller needs. */
function cursorOf(view: ReleaseView): string {
  const last = view.events.at(-1);
  return [
    view.runId.slice(0, 8),
    view.state,
    view.stepIndex,
    view.waiting?.for ?? '',
    last?.at ?? 0,
    view.events.length,
  ].join('.');
}
