import { z } from 'zod';
import { argoStrategy, SWITCHED } from '../../domain/argo-strategies.ts';
import { confirmField } from '../../commands/confirm.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Owner } from '../../domain/release/target.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import { forwardableFields, nameOf, refusal, steerCommand, type Plan } from './steer.ts';
import { previewTraffic, withTraffic } from './traffic-proof.ts';

const input = z.strictObject({ ...forwardableFields, confirm: confirmField });

export const argoAbortRollout = steerCommand({
  name: 'argo_abort_rollout',
  title: 'Abort a Rollout',
  description: `Takes all traffic off the new version, also during a full promotion, and proves it. Refused when nothing is being rolled out, and for ${SWITCHED} while a route sends weight to the preview. The Rollout stays Degraded until an image is set.`,
  kind: 'destructive',
  idempotent: true,
  input,
  example: { namespace: 'shop', name: 'web', reason: 'error reports from support', confirm: 'shop/web' },
  async plan(context, target, { reason, request_id: requestId }) {
    const view = await context.ports.workload.read(target);
    const busy = view.podHash !== view.stableHash && view.stableHash !== '';
    return {
      view,
      ...((busy || view.owner) && {
        question: `Abort ${nameOf(view)} and put all traffic back on the stable version?`,
      }),
      owned: { name: 'abort', reason, requestId },
      act: (over) => abort(context, view, over),
    };
  },
});

async function abort(context: CommandContext, view: RolloutState, over?: Owner): ReturnType<Plan['act']> {
  // Argo removes the preview's pods seconds after the abort. Its share of the traffic would get 503s.
  const preview = view.podHash === view.stableHash ? undefined : await previewTraffic(context, view);
  if (preview)
    return refusal(
      view,
      `${preview.detail}, and an abort takes away the pods behind it`,
      `Call traefik_update_route_weights for ${preview.route} to 100/0 on ${view.stableService} first, then abort.`,
    );
  const effect = await withTraffic(
    context,
    await context.ports.rolloutSteering.abort(view.target, { podHash: view.podHash }, over),
    argoStrategy(view).writesWeights ? 0 : undefined,
  );
  const next =
    effect.effective === 'refused'
      ? undefined
      : 'It stays Degraded on the aborted image: argo_update_rollout_image with the stable image makes it Healthy.';
  return { ...effect, next };
}
