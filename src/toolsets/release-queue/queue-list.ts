import { z } from 'zod';
import { parse, type Problem } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { isAllowed } from '../../commands/access.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { parseReleaseId } from '../../domain/release/target.ts';
import { idOf, whichRelease } from '../../commands/which-release.ts';
import { queueRow, rowText, toRow, type QueueRow } from './queue-output.ts';

const input = z.strictObject({
  ...whichRelease,
  namespace: rolloutFields.namespace.optional().describe('Without a target: only the queues of targets there.'),
});
const output = z.strictObject({ queues: z.array(queueRow), next: z.string() });

export const queueList: Command<typeof input, typeof output> = {
  name: 'release_queue_list',
  title: 'Releases that wait',
  description:
    'The releases that wait for a target, in their order, what each waits for, and the last that wait no longer. Without a target: every queue in which releases wait.',
  kind: 'read',
  idempotent: true,
  toolset: 'release-queue',
  input,
  output,
  examples: [
    { title: 'Of one target', input: { release_id: 'release/prod/shop/web' } },
    { title: 'Every queue', input: {} },
  ],
  check: (raw) => parse(input, raw ?? {}, problemsOf(raw)),
  async run(context, which) {
    const one = which.release_id !== undefined || which.target !== undefined;
    const ids = one ? [await idOf(context, which)] : await openQueues(context, which.namespace);
    const queues = await Promise.all(ids.map((id) => rowOf(context, id)));
    return { queues, next: nextOf(queues) };
  },
  text: ({ queues, next }) =>
    [...(queues.length === 0 ? ['No release waits for any target.'] : queues.map(rowText)), next].join('\n'),
};

function problemsOf(raw: unknown): readonly Problem[] {
  const {
    release_id: id,
    target,
    namespace,
  } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const named = id !== undefined || target !== undefined;
  return [
    ...(id !== undefined && target !== undefined
      ? [{ path: 'release_id', message: 'give release_id or target, not both' }]
      : []),
    ...(named && namespace !== undefined ? [{ path: 'namespace', message: 'not beside release_id or target' }] : []),
  ];
}

/** Those of targets that the caller may see. */
async function openQueues({ gateway, settings }: CommandContext, wanted?: string): Promise<readonly string[]> {
  const all = await gateway.queues.list();
  return all
    .map(({ releaseId }) => releaseId)
    .filter((id) => {
      const namespace = parseReleaseId(id)?.namespace ?? '';
      return (wanted === undefined || namespace === wanted) && isAllowed(namespace, settings);
    });
}

async function rowOf({ gateway }: CommandContext, id: string): Promise<QueueRow> {
  return toRow(id, await gateway.queues.get(id));
}

function nextOf(queues: readonly QueueRow[]): string {
  if (queues.some(({ held }) => held)) return 'Call release_queue_resume to go on, or release_queue_clear.';
  return queues.some(({ waiting }) => waiting.length > 0)
    ? 'release_queue_move and release_queue_remove change the order.'
    : 'A release waits if release_start names when_busy.';
}
