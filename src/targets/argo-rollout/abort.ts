import type { Target } from '../../domain/release/target.ts';
import type { TemplateImages, WriteResult } from '../../ports/workload.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { Referred } from './referred.ts';
import type { Rollout } from './schema.ts';
import { digestOf } from './template-change.ts';
import { isObserved } from './view.ts';

/** True once the controller has acted on the abort. `phase` alone is outdated right after the patch. */
export function isAbortSeen(rollout: Rollout): boolean {
  return rollout.status.abort === true && rollout.status.abortedAt !== undefined;
}

/** promoteFull is cleared in the same patch: while it is set, the controller removes an abort at each reconcile. */
export function decideAbort(
  rollout: Rollout,
  target: Target,
  podHash: string,
  { template, own }: { readonly template?: TemplateImages | undefined; readonly own?: unknown } = {},
  workload?: Referred,
): Decision<WriteResult> {
  const { status } = rollout;
  const foreign = template && foreignVersion(rollout, { template, own }, workload);
  if (foreign) return { done: { refused: true, detail: `the ${foreign}: ${podHash} is being replaced` } };
  // While the controller processes a newer template, it may write the new hash after our abort. The newer version would
  // then be aborted.
  if (!isObserved(rollout, workload)) return { wait: 'the controller has not yet seen the present spec' };
  const current = status.currentPodHash ?? 'none';
  if (current !== podHash)
    return {
      done: {
        refused: true,
        detail: `the Rollout is at pod hash ${current}, not ${podHash}: nothing of it is left to abort`,
      },
    };
  if (status.stableRS === podHash)
    return { done: { refused: true, detail: `${podHash} of ${target.rollout} is already the stable version` } };
  if (!status.stableRS)
    return { done: { refused: true, detail: `${target.rollout} has no stable version to go back to` } };
  if (status.abort && !status.promoteFull)
    return { done: { changed: false, detail: `${target.rollout} is already aborted` } };
  return {
    patch: [
      { op: 'test', path: '/status/currentPodHash', value: podHash },
      { op: 'add', path: '/status/promoteFull', value: false },
      { op: 'add', path: '/status/abort', value: true },
    ],
    subresource: 'status',
    done: { changed: true, detail: `${podHash} of ${target.rollout} was aborted` },
  };
}

/**
 * Argo sets observedGeneration while currentPodHash is still that of the previous template. Neither field therefore
 * identifies the template.
 */
function foreignVersion(
  rollout: Rollout,
  { template, own }: { readonly template: TemplateImages; readonly own?: unknown },
  workload?: Referred,
): string | undefined {
  const { container, images, digests } = template;
  const containers = workload?.containers ?? rollout.spec.template?.spec?.containers;
  const present = containers?.find(({ name }) => name === container)?.image;
  if (present !== undefined && !images.includes(present)) return `image was changed to ${plainLine(present)}`;
  const digest = digestOf(workload ? workload.template : own);
  return digests === undefined || digests.includes(digest) ? undefined : `template was changed to ${digest}`;
}
