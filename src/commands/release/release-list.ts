import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { compact, shortTarget, state } from '../../contract/release-view.ts';
import { targetFields } from '../../contract/target.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { ReleaseSummary } from '../../temporal/gateway.ts';
import type { Command } from '../command.ts';

const { cluster, namespace, rollout } = targetFields.shape;
const input = z.strictObject({
  cluster: cluster.describe('Only this context.'),
  namespace: namespace.optional().describe('Only this namespace.'),
  rollout: rollout.optional().describe('Only this Rollout.'),
  state: state.optional().describe('Only this state.'),
  limit: z.int().min(1).max(200).optional().describe('At most. Default 20.'),
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
});
const output = z.strictObject({ releases: z.array(summary) });

export const releaseList: Command<typeof input, typeof output> = {
  name: 'release_list',
  title: 'List releases',
  description: 'Running and past releases, newest first. The list may lag by a second: read release_get before deciding anything.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input,
  output,
  examples: [{ title: 'Releases of one namespace', input: { namespace: 'shop' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { limit = 20, ...filter }) {
    const found = await context.gateway.list(compact({ ...filter, limit }));
    return { releases: found.map(toSummary) };
  },
  text: ({ releases }) => (releases.length === 0 ? 'No releases match.' : releases.map(line).join('\n')),
};

function toSummary(seen: ReleaseSummary): z.output<typeof summary> {
  return compact({
    release_id: seen.id,
    run_id: seen.runId,
    state: seen.state,
    strategy: seen.strategy,
    image: cleanText(seen.version),
    started_by: cleanText(seen.startedBy),
    started_at: new Date(seen.startedAt).toISOString(),
    closed_at: seen.closedAt === undefined ? undefined : new Date(seen.closedAt).toISOString(),
  });
}

function line(seen: z.output<typeof summary>): string {
  const ended = seen.closed_at ? `, ended ${seen.closed_at}` : '';
  return `${seen.state}: ${shortTarget(seen.release_id)} → ${seen.image} (${seen.strategy}, by ${seen.started_by}, ${seen.started_at}${ended}) ${seen.release_id}`;
}
