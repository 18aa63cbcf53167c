import { z } from 'zod';
import { compact } from '../../contract/release-view.ts';
import { passesHold, requestOf, type QueueView } from '../../domain/release/queue.ts';
import { queueStateText } from '../../domain/release/queue-text.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

const entry = z.strictObject({
  position: z.int(),
  request_id: z.string(),
  image: z.string(),
  queued_by: z.string(),
  queued_at: z.string(),
  supersedes: z.boolean(),
});
const left = z.strictObject({
  request_id: z.string(),
  image: z.string(),
  outcome: z.enum(['started', 'refused', 'removed', 'replaced']),
  reason: z.string(),
  at: z.string(),
  run_id: z.string().optional(),
});
export const queueRow = z.strictObject({
  release_id: z.string(),
  held: z.boolean().describe('Nothing starts until release_queue_resume.'),
  detail: z.string(),
  waiting: z.array(entry),
  left: z.array(left).describe('The last that wait no longer.'),
});
export type QueueRow = z.output<typeof queueRow>;

const safe = (text: string): string => maskSecrets(cleanText(text));
const time = (ms: number): string => new Date(ms).toISOString();

/** A queue in the form of every interface. `view`: undefined if there is none. */
export function toRow(id: string, view: QueueView | undefined): QueueRow {
  if (!view) return { release_id: id, held: false, detail: 'No release waits.', waiting: [], left: [] };
  return {
    ...{ release_id: id, held: !passesHold(view) && view.waiting.length > 0, detail: safe(queueStateText(view)) },
    waiting: view.waiting.map((one, index) => ({
      ...{ position: index + 1, request_id: requestOf(one), image: safe(one.input.spec.image) },
      ...{ queued_by: safe(one.input.startedBy), queued_at: time(one.addedAt), supersedes: Boolean(one.supersede) },
    })),
    left: view.left.map(({ requestId, image, outcome, reason, at, runId }) =>
      compact({
        ...{ request_id: requestId, image: safe(image), outcome, reason: safe(reason), at: time(at), run_id: runId },
      }),
    ),
  };
}

export function rowText({ release_id: id, detail, waiting, left: gone }: QueueRow): string {
  const rows = waiting.map(
    ({ position, image, queued_by: by, queued_at: at, request_id: request }) =>
      `${position}. ${image} (by ${by}, since ${at}), request ${request}`,
  );
  const last = gone.slice(-3).map(({ at, image, outcome, reason }) => `${at} ${image} ${outcome}: ${reason}`);
  return [`${id}: ${detail}`, ...rows, ...last].join('\n');
}
