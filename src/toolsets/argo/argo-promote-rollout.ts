import { z } from 'zod';
import { argoStrategy, SWITCHED, WEIGHTED } from '../../domain/argo-strategies.ts';
import { nextHold } from '../../domain/next-hold.ts';
import type { Point } from '../../domain/rollout.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { CommandContext } from '../../commands/command.ts';
import { confirmField } from '../../commands/confirm.ts';
import { forwardableFields, nameOf, describeState, steerCommand, type Plan } from './steer.ts';
import { weightAt, withTraffic } from './traffic-proof.ts';

const input = z.strictObject({
  ...forwardableFields,
  full: z.boolean().optional().describe('Skip all steps, pauses and analyses that are left. Needs confirm.'),
  step: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Index of the pause that is meant; past it, nothing is done, so the call is safe to repeat.'),
  pod_hash: z
    .string()
    .regex(/^[a-z0-9]{1,63}$/, 'must be a pod_hash as the status shows it')
    .optional()
    .describe('Version that is meant; with another one nothing is done.'),
  confirm: confirmField,
});
type Input = z.output<typeof input>;

export const argoPromoteRollout = steerCommand({
  name: 'argo_promote_rollout',
  title: 'Promote a Rollout',
  description: `Ends the present pause, so that a ${WEIGHTED} goes to its next step and a ${SWITCHED} switches over; proved at the next hold, in force in Traefik. Refused when something else holds it. Where it takes all traffic, or with full, it needs confirm.`,
  kind: 'destructive',
  idempotent: false,
  input,
  example: { namespace: 'shop', name: 'web', step: 1 },
  async plan(context, target, { full, step, pod_hash: podHash, reason, request_id: requestId }) {
    const view = await context.ports.workload.read(target);
    const at = pointOf(view, { step, pod_hash: podHash });
    return {
      view,
      question: question(view, at, full === true),
      owned: { name: 'promote', reason, requestId, ...(full && { all: true }), at: { stepIndex: step, podHash } },
      act: () => promote(context, view, at, full === true),
    };
  },
});

/** The version and the step that the caller saw. If absent, those that were just read. */
function pointOf(
  view: RolloutState,
  { step = view.stepIndex, pod_hash: podHash = view.podHash }: Pick<Input, 'step' | 'pod_hash'>,
): Point {
  return { podHash, ...(step !== undefined && argoStrategy(view).stepped && { stepIndex: step }) };
}

/** A release judges each step itself, so a confirmation is needed only for all steps. */
function question(view: RolloutState, { podHash, stepIndex }: Point, full: boolean): string | undefined {
  const name = nameOf(view);
  if (view.owner)
    return full ? `Promote every remaining step of ${view.owner.releaseId} without asking again?` : undefined;
  if (view.podHash === view.stableHash || view.podHash !== podHash || view.aborted || view.specPaused) return undefined;
  if (full) return `Promote ${name} fully to ${podHash}, past all steps, pauses and analyses?`;
  if (!argoStrategy(view).stepped) return `Switch all traffic of ${name} to ${podHash}?`;
  const last = stepIndex === view.stepIndex && nextHold(view.steps, (stepIndex ?? 0) + 1, { judgedOnly: true }).full;
  return last ? `Promote ${name} past step ${stepIndex}, which takes all its traffic to ${podHash}?` : undefined;
}

async function promote(context: CommandContext, view: RolloutState, at: Point, full: boolean): ReturnType<Plan['act']> {
  const { rolloutSteering } = context.ports;
  const effect = await (full ? rolloutSteering.promoteFull(view.target, at) : rolloutSteering.promote(view.target, at));
  if (effect.effective === 'refused') return { ...effect, next: wayOut(effect.after ?? view, effect.reason) };
  const proved = await withTraffic(context, effect, weightAt(effect, at.podHash));
  return { ...proved, reason: `${proved.reason}; ${describeState(proved.after ?? view)}` };
}

function wayOut(view: RolloutState, why: string): string {
  if (view.aborted) return 'Set an image again with argo_update_rollout_image: the abort stands until then.';
  if (view.specPaused) return 'Call argo_resume_rollout first, then read the status again.';
  if (why.includes('analysis') || view.pauseReasons.some((reason) => reason.startsWith('Inconclusive')))
    return 'Wait for the analysis, or call argo_skip_analysis_promote.';
  if (why.includes('autoPromotionSeconds')) return 'Wait, or call argo_promote_rollout with full: true.';
  return 'Call argo_get_rollout_status to see what it is doing.';
}
