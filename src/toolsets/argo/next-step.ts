import type { RolloutDetail } from '../../ports/rollout-objects.ts';

type Rule = (detail: RolloutDetail) => string | undefined;

const release: Rule = ({ owner }) =>
  owner && `It belongs to release ${owner.releaseId}: call release_get; the release decides and acts.`;

const deletion: Rule = ({ deletion }) =>
  deletion &&
  `It is being deleted${deletion.finalizers.length > 0 ? `, held by ${deletion.finalizers.join(', ')}` : ''}: nothing to do here.`;

const unseen: Rule = ({ observed }) =>
  observed
    ? undefined
    : 'Call argo_get_rollout_status again in a few seconds; if it stays so, the Argo Rollouts controller is not running or does not watch this namespace.';

const invalid: Rule = ({ invalid }) =>
  invalid === undefined ? undefined : `Argo does not act on this spec: correct it at its source (${invalid}).`;

/** The status shows an abort before the controller has acted. No decision is possible then either. */
const aborted: Rule = (detail) =>
  detail.aborted
    ? 'It was aborted: argo_update_rollout_image with the stable image makes it Healthy again, argo_get_rollout_history shows that image and why it failed.'
    : undefined;

const byHand: Rule = ({ specPaused }) =>
  specPaused
    ? 'It is paused by hand: argo_resume_rollout continues it; argo_abort_rollout sends traffic back.'
    : undefined;

const full: Rule = ({ promoteFull, podHash, stableHash }) =>
  promoteFull && podHash !== stableHash
    ? 'A full promotion is under way: call argo_get_rollout_status again.'
    : undefined;

const inconclusive: Rule = ({ pauseReasons }) =>
  pauseReasons.some((reason) => reason.startsWith('Inconclusive'))
    ? 'Its analysis was inconclusive: argo_get_rollout_history shows the measurements; then argo_skip_analysis_promote, or argo_abort_rollout.'
    : undefined;

const paused: Rule = (detail) => {
  if (detail.pauseReasons.length === 0) return undefined;
  const step = detail.steps[detail.stepIndex ?? -1];
  if (step?.pause?.seconds !== undefined)
    return `The pause ends by itself after ${step.pause.seconds} s; argo_promote_rollout ends it now, argo_abort_rollout sends traffic back.`;
  return 'It waits to be promoted: look at traefik_get_traffic_distribution, then argo_promote_rollout or argo_abort_rollout.';
};

const analysing: Rule = ({ analysis, podHash, stableHash }) => {
  const running = analysis.find(({ status }) => status === 'Running' || status === 'Pending');
  if (!running || podHash === stableHash) return undefined;
  return `It waits for AnalysisRun ${running.run}: call argo_get_rollout_status again, or argo_skip_analysis_promote to go on without it.`;
};

const settled: Rule = ({ phase }) => {
  if (phase === 'Healthy')
    return 'Nothing is under way: argo_update_rollout_image or release_start begins a new version.';
  return phase === 'Degraded'
    ? 'Read the conditions and argo_get_rollout_history; argo_abort_rollout sends traffic back to the stable version.'
    : undefined;
};

const RULES: readonly Rule[] = [
  release,
  deletion,
  unseen,
  invalid,
  aborted,
  byHand,
  full,
  inconclusive,
  paused,
  analysing,
  settled,
];

/** The usual next action for a Rollout in this state, with its tool. */
export function nextStep(detail: RolloutDetail): string {
  for (const rule of RULES) {
    const advice = rule(detail);
    if (advice) return advice;
  }
  return 'It is progressing: call argo_get_rollout_status again.';
}
