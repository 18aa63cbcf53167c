import { z } from 'zod';
import { admit } from '../../commands/access.ts';
import type { CommandContext } from '../../commands/command.ts';
import { compact } from '../../contract/release-view.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ReleaseSpec } from '../../domain/release/plan.ts';
import { leftOf, positionOf, type QueueView } from '../../domain/release/queue.ts';
import { leftText, queueStateText, waitText } from '../../domain/release/queue-text.ts';
import type { ReleaseInput } from '../../domain/release/release-input.ts';
import { releaseId } from '../../domain/release/target.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { StartedRelease } from '../../temporal/gateway.ts';
import { enqueue, type QueuedRelease } from '../../temporal/start-or-queue.ts';
import { withApprovers } from './approvers-check.ts';
import { identified } from './identified.ts';

export const queuedOutput = z.strictObject({
  position: z.int().optional().describe('From 1. Absent if it does not wait, or if no worker has answered yet.'),
  waiting: z.int().optional().describe('Releases that wait for the target.'),
  detail: z.string(),
});
export type QueuedOutput = z.output<typeof queuedOutput>;

/** Where a start stands: `earlier`, the release of the same request; `waits`, behind `busy` or behind others. */
export interface Place {
  readonly earlier?: StartedRelease;
  readonly waits?: { readonly busy?: string };
}

/** Errors: TARGET_BUSY for a release that may not wait. */
export async function placeOf({ gateway }: CommandContext, spec: ReleaseSpec, request: string): Promise<Place> {
  const id = releaseId(spec.target);
  try {
    const earlier = await gateway.admit(id, request);
    if (earlier) return { earlier };
  } catch (error) {
    if (!spec.whenBusy || !(error instanceof SluiceError) || error.code !== 'TARGET_BUSY') throw error;
    const { run_id: busy } = error.details;
    return { waits: typeof busy === 'string' ? { busy } : {} };
  }
  return spec.whenBusy && (await gateway.queues.isOpen(id)) ? { waits: {} } : {};
}

/**
 * Places a release in the queue of its target. Preflight is a part of its own run, because it would fail while another
 * release has the target. What can be known now is checked now. Errors: those of the checks, and of Queues.add.
 */
export async function queueRelease(
  context: CommandContext,
  input: ReleaseInput,
  busy: string | undefined,
): Promise<QueuedRelease> {
  const { caller, gateway, ports, worlds } = context;
  const { target } = input.spec;
  if (input.spec.whenBusy === 'supersede') requireAbort(context, input.spec);
  const spec = await identified(context, input.spec);
  const { workload } = await worlds.of(target.cluster, spec.clusterUid, spec);
  await workload.read(target);
  const [unapproved] = withApprovers(context, spec, { checks: [] }).checks.filter(({ ok }) => !ok);
  if (unapproved)
    throw new SluiceError('PREFLIGHT_FAILED', `Nothing was queued. ${unapproved.name}: ${unapproved.detail}`, {
      ...(unapproved.next !== undefined && { next: unapproved.next }),
    });
  return enqueue(gateway, { ...input, spec }, caller, ports.now(), busy);
}

/** Whoever supersedes a release aborts it. Errors: those of the access to release_abort. */
function requireAbort(context: CommandContext, { target }: ReleaseSpec): void {
  const touched = [{ cluster: target.cluster, namespace: target.namespace, name: target.rollout }];
  admit(context, { tool: 'release_abort', toolset: 'release', permission: 'operate', touched });
}

export function toQueued(view: QueueView | undefined, request: string): QueuedOutput {
  if (!view) return { detail: 'No worker has answered yet. The request is stored, and is placed when a worker runs.' };
  const position = positionOf(view, request);
  const waiting = view.waiting.length;
  const left = leftOf(view, request);
  const detail =
    position === undefined && left ? leftText(left) : `${queueStateText(view)}${others(position, waiting)}`;
  return compact({ position, waiting, detail: maskSecrets(cleanText(detail)) });
}

/** The number of the other releases that wait, and on which side. */
function others(position: number | undefined, waiting: number): string {
  if (position === undefined || waiting === 1) return '';
  const [before, behind] = [position - 1, waiting - position];
  return before > 0
    ? ` ${waitText(before, 'other release')} before this one.`
    : ` ${waitText(behind, 'other release')} behind this one.`;
}
