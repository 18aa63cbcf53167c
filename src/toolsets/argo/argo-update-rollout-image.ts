import { z } from 'zod';
import { argoStrategy } from '../../domain/argo-strategies.ts';
import { image } from '../../contract/image.ts';
import { dnsName } from '../../contract/target.ts';
import type { Effect } from '../../domain/effect.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import { steerCommand, steerFields } from './steer.ts';

const input = z.strictObject({
  ...steerFields,
  image: image.describe('The new image.'),
  container: dnsName.optional().describe('Needed when the pod has several.'),
  from: image.optional().describe('The image that must be there now; with another one nothing is written.'),
});

export const argoUpdateRolloutImage = steerCommand({
  name: 'argo_update_rollout_image',
  title: 'Set the image of a Rollout',
  description:
    'Begins a rollout of another image, in the Rollout or in the Deployment it refers to. Proved once Argo has made a version of it. One under way starts again at step 0. Refused while a release owns the Rollout.',
  kind: 'write',
  idempotent: true,
  input,
  example: { namespace: 'shop', name: 'web', image: 'registry.example/web:v2', from: 'registry.example/web:v1' },
  async plan({ ports }, target, { image: to, container, from }) {
    const view = await ports.workload.read(target);
    const desired = { to, ...(container !== undefined && { container }), ...(from !== undefined && { from }) };
    return {
      view,
      async act() {
        const effect = await ports.rolloutSteering.setImage(target, desired);
        return effect.changed ? { ...effect, reason: `${effect.reason}; ${consequence(effect)}` } : effect;
      },
    };
  },
});

/** The effect of a new template, depending on the previous state (seen on Argo Rollouts 1.10.1). */
function consequence({ before, after }: Effect<RolloutState>): string {
  if (!before || !after) return 'its state is not known';
  if (after.podHash === after.stableHash)
    return `${after.podHash} is the stable version: Argo goes straight back to it, without steps`;
  const parts = [
    before.podHash !== before.stableHash && !before.aborted
      ? `the rollout of ${before.podHash} that was under way was given up`
      : '',
    before.aborted ? 'the abort was lifted' : '',
    argoStrategy(after).stepped ? `the rollout begins at step 0 of ${after.steps.length}` : 'the preview is being made',
    after.specPaused ? 'but it is paused by hand, and no pod starts before argo_resume_rollout' : '',
  ];
  return parts.filter(Boolean).join('; ');
}
