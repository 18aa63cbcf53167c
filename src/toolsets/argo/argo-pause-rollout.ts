import { z } from 'zod';
import { forwardableFields, steerCommand } from './steer.ts';

const input = z.strictObject(forwardableFields);

/** Seen on Argo Rollouts 1.10.1. */
const MEANWHILE =
  'no step ends until argo_resume_rollout. Pods that are starting still get ready and Argo still writes the weight of the present step; the clock of a timed pause runs on';

export const argoPauseRollout = steerCommand({
  name: 'argo_pause_rollout',
  title: 'Pause a Rollout by hand',
  description:
    'Sets spec.paused: no step ends until argo_resume_rollout. Argo goes on writing the weight of the present step. On a Rollout that a release owns, pauses the release instead.',
  kind: 'write',
  idempotent: true,
  input,
  example: { namespace: 'shop', name: 'web', reason: 'error reports from support' },
  async plan({ ports }, target, { reason, request_id: requestId }) {
    const view = await ports.workload.read(target);
    return {
      view,
      owned: { name: 'pause', reason, requestId },
      async act() {
        const effect = await ports.rolloutSteering.pause(target);
        return effect.changed ? { ...effect, reason: `${effect.reason}: ${MEANWHILE}` } : effect;
      },
    };
  },
});
