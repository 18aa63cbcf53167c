import { z } from 'zod';
import { SWITCHED } from '../../domain/argo-strategies.ts';
import { reason } from '../../contract/target.ts';
import type { AnalysisHold } from '../../ports/rollout-steering.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import { nextHold } from '../../domain/next-hold.ts';
import { confirmField } from '../../commands/confirm.ts';
import { forwardableFields, nameOf, refusal, describeState, steerCommand } from './steer.ts';
import { weightAt, withTraffic } from './traffic-proof.ts';

const input = z.strictObject({ ...forwardableFields, reason, confirm: confirmField });

export const argoSkipAnalysisPromote = steerCommand({
  name: 'argo_skip_analysis_promote',
  title: 'Skip an analysis of a Rollout',
  description: `Gets a Rollout past the one analysis that holds it: running or inconclusive, of a step, in the background, before or after a ${SWITCHED} promotion. Needs a reason and confirm; the question says what Argo will do. Refused when no analysis is in the way.`,
  kind: 'destructive',
  needs: 'approve',
  idempotent: false,
  input,
  example: { namespace: 'shop', name: 'web', reason: 'no traffic at night, tested by hand', confirm: 'shop/web' },
  async plan(context, target, { reason: why, request_id: requestId }) {
    const { view, hold, why: found } = await context.ports.rolloutSteering.findAnalysis(target);
    return {
      view,
      question: view.owner
        ? `Let the present step of ${view.owner.releaseId} pass without judging it?`
        : hold && question(view, hold),
      owned: { name: 'skip-analysis', reason: why, requestId },
      async act() {
        if (!hold) return refusal(view, found, 'Call argo_get_rollout_status to see what holds it.');
        const effect = await context.ports.rolloutSteering.skipAnalysis(target, hold);
        if (effect.effective === 'refused') return effect;
        const proved = await withTraffic(context, effect, weightAt(effect, hold.podHash));
        return { ...proved, reason: `${proved.reason}; ${describeState(proved.after ?? view)}` };
      },
    };
  },
});

function question(view: RolloutState, hold: AnalysisHold): string {
  return `Skip the ${hold.role} analysis ${hold.run} (${hold.status}) of ${nameOf(view)}? ${consequence(view, hold)}`;
}

/** What Argo does after the skip (seen on 1.10.1). */
function consequence(view: RolloutState, { way, role, stepIndex = 0 }: AnalysisHold): string {
  const at = nextHold(view.steps, stepIndex + 1, { judgedOnly: true });
  const then = at.full ? 'then takes all traffic to the new version' : `then goes on to step ${at.index}`;
  if (way === 'next-step') return `Argo ends step ${stepIndex} and ${then}.`;
  if (way === 'promote-full')
    return 'The only way past an inconclusive analysis is a full promotion: all traffic goes to the new version, and every later pause and analysis is skipped.';
  if (way === 'end-pause')
    return `Argo ends the pause at step ${stepIndex}, restarts the analysis and ${then}. If it is inconclusive again before the next pause begins, Argo passes all pauses that are left.`;
  return role === 'post-promotion'
    ? 'Argo then makes the new version stable.'
    : 'Argo then holds at the pause before the switch, if there is one, and otherwise switches all traffic.';
}
