import { z } from 'zod';
import type { Effect } from '../../domain/effect.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import { forwardableFields, steerCommand } from './steer.ts';

const input = z.strictObject(forwardableFields);

export const argoResumeRollout = steerCommand({
  name: 'argo_resume_rollout',
  title: 'Resume a Rollout paused by hand',
  description:
    'Removes spec.paused, and nothing else: a pause step or an inconclusive analysis holds on. On a Rollout that a release owns, resumes the release instead.',
  kind: 'write',
  idempotent: true,
  input,
  example: { namespace: 'shop', name: 'web' },
  async plan({ ports }, target, { reason, request_id: requestId }) {
    const view = await ports.workload.read(target);
    return {
      view,
      owned: { name: 'resume', reason, requestId },
      act: async () => withRest(await ports.rolloutSteering.resume(target)),
    };
  },
});

/** Adds what else holds the Rollout when no manual pause does. */
function withRest(effect: Effect<RolloutState>): Effect<RolloutState> & { readonly next?: string | undefined } {
  const held = effect.after?.pauseReasons ?? [];
  if (held.length === 0) return effect;
  const tool = held.some((reason) => reason.startsWith('Inconclusive'))
    ? 'argo_skip_analysis_promote'
    : 'argo_promote_rollout';
  const still = effect.changed ? `; it is still held by ${held.join(' and ')}` : '';
  return {
    ...effect,
    reason: `${effect.reason}${still}`,
    next: `Use ${tool} to go on from here, or argo_abort_rollout.`,
  };
}
