import { z } from 'zod';
import { whereToDecide } from '../../commands/decision-page.ts';
import { CONCISE, guard, release, toReleaseOutput } from '../../contract/release-view.ts';
import { present } from '../../domain/release/present.ts';
import { isClosed } from '../../domain/release/state.ts';
import type { Command } from '../../commands/command.ts';
import { guardOf, nextOfGuard } from './guard-of.ts';
import { knownRelease } from './known-release.ts';
import { live, readLive } from './live.ts';
import { withNewestEvidence } from './newest-evidence.ts';
import { nextCall } from './next-call.ts';
import { checkWhich, idOf, whichRelease } from '../../commands/which-release.ts';
import { queueShort, waitingFor } from './waiting-for.ts';
import { releaseText } from './state-text.ts';
import { withWindow } from './windows-check.ts';

const FORGOTTEN =
  'Temporal no longer has this run; this is its record in the journal. A new release starts with release_start.';

const input = z.strictObject({
  ...whichRelease,
  run_id: z.string().max(100).optional().describe('An earlier run.'),
  detail: z.enum(['concise', 'full']).optional().describe('concise (default): the last 5 events; full: all.'),
});
const output = z.strictObject({
  ...release.shape,
  live: live.optional(),
  guard: guard.optional(),
  queue: queueShort.optional(),
  source: z.string().optional(),
  next: z.string(),
});

export const releaseGet: Command<typeof input, typeof output> = {
  name: 'release_get',
  title: 'Read a release',
  description:
    'The latest release of a target: step, weights wanted and proved, last verdict, what it waits for, decisions, events, live data.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input,
  output,
  listed: { output: Object.keys(output.shape).filter((name) => !['queue', 'update'].includes(name)) },
  examples: [{ title: 'By target', input: { target: { namespace: 'shop', rollout: 'web' } } }],
  check: (raw) => checkWhich(input, raw),
  async run(context, which) {
    const { source, held, untold, ...found } = await knownRelease(context, await idOf(context, which), which.run_id);
    const known = await withNewestEvidence(context, await withWindow(context, found.view));
    const detail = which.detail === 'full' ? Infinity : CONCISE;
    if (source) {
      const next = held || untold || known.waiting ? nextCall(known) : FORGOTTEN;
      return { ...toReleaseOutput(known, detail), source, next };
    }
    const view = present(known);
    // A closed release describes the past. The cluster may have changed since.
    const [now, watched, queue] = await Promise.all([
      isClosed(view.state) ? undefined : readLive(context, view, detail > CONCISE),
      guardOf(context, view),
      waitingFor(context, view.id),
    ]);
    const next = nextOfGuard(watched) ?? nextCall(view, whereToDecide(context, view));
    const more = { ...(now && { live: now }), ...(watched && { guard: watched }), ...queue };
    return { ...toReleaseOutput(view, detail), ...more, next };
  },
  text: releaseText,
};
