import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { compact, shortTarget } from '../../contract/release-view.ts';
import { targetFields } from '../../contract/target.ts';
import { RELEASE_STATES } from '../../domain/release/state.ts';
import { parseReleaseId } from '../../domain/release/target.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { listedReleases, type Listed } from './listed-releases.ts';
import { dataMissingSince } from './newest-evidence.ts';

const { cluster, namespace, rollout } = targetFields.shape;
/** A filter value that is not a state: every release whose run is open. */
const OPEN = 'open';
const input = z.strictObject({
  cluster: cluster.describe('Only this cluster.'),
  namespace: namespace.optional().describe('Only this namespace.'),
  rollout: rollout.optional().describe('Only this Rollout.'),
  state: z
    .enum([...RELEASE_STATES, OPEN])
    .optional()
    .describe('This state; open: all that go on.'),
  limit: z.int().min(1).max(200).optional().describe('Default 20.'),
  cursor: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text), 'must be the cursor of an answer')
    .optional()
    .describe('Of the last answer.'),
});

const summary = z.strictObject({
  release_id: z.string(),
  run_id: z.string(),
  state: z.string(),
  strategy: z.string(),
  image: z.string(),
  started_by: z.string(),
  started_at: z.string(),
  closed_at: z.string().optional(),
  guard: z.string().optional(),
  no_data_since: z.string().optional(),
  windows: z.string().optional(),
  source: z.string().optional(),
});
const output = z.strictObject({
  releases: z.array(summary),
  cursor: z.string().optional(),
  problem: z.string().optional(),
});

export const releaseList: Command<typeof input, typeof output> = {
  name: 'release_list',
  title: 'List releases',
  description: 'Running and past releases, newest first. May lag by a second: read release_get before deciding.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input,
  output,
  examples: [{ title: 'Releases of one namespace', input: { namespace: 'shop' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { limit = 20, cursor = '0', state, ...where }) {
    const skip = Number(cursor);
    const which = state === OPEN ? { open: true as const } : { state };
    const { releases, more, problem } = await listedReleases(context, compact({ ...where, ...which, limit }), skip);
    const rows = await Promise.all(
      releases.map(async (one) => toSummary(one, await noDataOf(context, one), await windowsOf(context, one))),
    );
    return compact({ releases: rows, cursor: more ? String(skip + limit) : undefined, problem });
  },
  text: ({ releases, cursor, problem }) =>
    [
      releases.length === 0 ? 'No releases match.' : releases.map(line).join('\n'),
      ...(cursor === undefined ? [] : [`There are more: call again with cursor ${cursor}.`]),
      ...(problem === undefined ? [] : [`Older ones may be missing: ${problem}`]),
    ].join('\n'),
};

type Row = Listed['releases'][number];

/** Only a version that is judged now can lack data: of an open release, or under an open guard. */
function noDataOf(context: CommandContext, { runId, state, closedAt, guard }: Row): Promise<number | undefined> {
  const judged = guard !== undefined || (closedAt === undefined && state !== 'aborting');
  return judged ? dataMissingSince(context, runId) : Promise.resolve(undefined);
}

/** Only an open release can be held by its windows. */
async function windowsOf({ windows }: CommandContext, { id, closedAt }: Row): Promise<string | undefined> {
  const target = closedAt === undefined ? parseReleaseId(id) : undefined;
  if (!target) return undefined;
  const { by, reason } = await windows.stateOf(target, Date.now());
  return by.length === 0 ? undefined : reason;
}

function toSummary(seen: Row, since: number | undefined, windows: string | undefined): z.output<typeof summary> {
  return compact({
    release_id: seen.id,
    run_id: seen.runId,
    state: seen.state,
    strategy: seen.strategy,
    image: cleanText(seen.version),
    started_by: cleanText(seen.startedBy),
    started_at: new Date(seen.startedAt).toISOString(),
    closed_at: seen.closedAt === undefined ? undefined : new Date(seen.closedAt).toISOString(),
    guard: seen.guard,
    no_data_since: since === undefined ? undefined : new Date(since).toISOString(),
    windows,
    source: seen.source,
  });
}

function line(seen: z.output<typeof summary>): string {
  const ended = seen.closed_at ? `, ended ${seen.closed_at}` : '';
  const windows = seen.windows === undefined ? '' : `, windows ${seen.windows}`;
  const blind = seen.no_data_since === undefined ? '' : `, no data since ${seen.no_data_since}`;
  return `${seen.state}${seen.guard ? ` (guard ${seen.guard})` : ''}${blind}${windows}: ${shortTarget(seen.release_id)} → ${seen.image} (${seen.strategy}, by ${seen.started_by}, ${seen.started_at}${ended}${seen.source ? `, from the ${seen.source}` : ''}) ${seen.release_id}`;
}
