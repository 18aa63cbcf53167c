import type { AnalysisHold } from '../../ports/rollout-steering.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { Rollout } from './schema.ts';
import { isObserved } from './view.ts';

const INCONCLUSIVE = 'InconclusiveAnalysisRun';

export interface RunState {
  readonly role: AnalysisHold['role'];
  readonly run: string;
  readonly status: string;
}

/** The AnalysisRuns that the Rollout names for the current version, with their status in the Rollout. */
export function runStatuses({
  status: { canary, blueGreen },
}: Rollout): readonly (RunState & { readonly message: string })[] {
  const runs = [
    ['step', canary?.currentStepAnalysisRunStatus],
    ['background', canary?.currentBackgroundAnalysisRunStatus],
    ['pre-promotion', blueGreen?.prePromotionAnalysisRunStatus],
    ['post-promotion', blueGreen?.postPromotionAnalysisRunStatus],
  ] as const;
  return runs.flatMap(([role, run]) =>
    run ? [{ role, run: run.name, status: run.status, message: run.message }] : [],
  );
}

/**
 * The analysis that holds the Rollout, or why there is nothing to skip. The facts were observed on Argo Rollouts
 * 1.10.1.
 */
export function analysisHold(rollout: Rollout): AnalysisHold | string {
  return (
    notNow(rollout) ??
    stepHold(rollout) ??
    backgroundHold(rollout) ??
    blueGreenHold(rollout) ??
    `no analysis is in the way${heldBy(rollout)}`
  );
}

function notNow({ spec, status, ...rollout }: Rollout): string | undefined {
  if (!isObserved({ spec, status, ...rollout })) return 'the controller has not yet seen the present spec';
  if (status.currentPodHash === status.stableRS) return 'no version is being rolled out';
  if (status.abort) return 'the Rollout is aborted';
  if (status.promoteFull) return 'a full promotion is under way, which skips every analysis';
  if (spec.paused) return 'it is paused by hand (spec.paused): argo_resume_rollout first';
  return undefined;
}

function heldBy({ status }: Rollout): string {
  const reasons = (status.pauseConditions ?? []).map(({ reason }) => plainLine(reason));
  return reasons.length > 0 ? `: it is held by ${reasons.join(' and ')}, which argo_promote_rollout ends` : '';
}

function find(
  rollout: Rollout,
  role: AnalysisHold['role'],
): (Omit<AnalysisHold, 'way' | 'status'> & { readonly status: AnalysisHold['status'] }) | undefined {
  const found = runStatuses(rollout).find((run) => run.role === role);
  if (!found || !isOpen(found.status)) return undefined;
  const { currentPodHash = '', currentStepIndex } = rollout.status;
  return {
    ...found,
    status: found.status,
    podHash: currentPodHash,
    ...(currentStepIndex !== undefined && { stepIndex: currentStepIndex }),
  };
}

function isOpen(status: string): status is AnalysisHold['status'] {
  return status === 'Pending' || status === 'Running' || status === 'Inconclusive';
}

function stepHold(rollout: Rollout): AnalysisHold | string | undefined {
  const found = find(rollout, 'step');
  const step = rollout.spec.strategy.canary?.steps?.[rollout.status.currentStepIndex ?? -1];
  if (!found || !step?.['analysis']) return undefined;
  const also = otherPause(rollout);
  return also ? `besides the analysis, ${also} holds it: end that first` : { ...found, way: 'next-step' };
}

/** A background run that is still running does not hold the Rollout. */
function backgroundHold(rollout: Rollout): AnalysisHold | undefined {
  const found = find(rollout, 'background');
  const holds = rollout.status.pauseConditions?.some(({ reason }) => reason === INCONCLUSIVE);
  return found?.status === 'Inconclusive' && holds ? { ...found, way: 'end-pause' } : undefined;
}

/**
 * After an inconclusive run, ending the pause only makes Argo start the same analysis again. A running one can be
 * terminated.
 */
function blueGreenHold(rollout: Rollout): AnalysisHold | undefined {
  const found = find(rollout, 'pre-promotion') ?? find(rollout, 'post-promotion');
  return found && { ...found, way: found.status === 'Inconclusive' ? 'promote-full' : 'terminate' };
}

function otherPause({ status }: Rollout): string | undefined {
  const other = status.pauseConditions?.find(({ reason }) => reason !== INCONCLUSIVE);
  return other && plainLine(other.reason);
}
