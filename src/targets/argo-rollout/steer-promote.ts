import { nextHold } from '../../domain/next-hold.ts';
import type { Target } from '../../domain/release/target.ts';
import type { Point } from '../../domain/rollout.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { RolloutState, RolloutStep } from '../../domain/rollout.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import { runStatuses } from './analysis-hold.ts';
import { decidePromoteBlueGreen, decidePromoteCanary, isPastStep } from './promote.ts';
import type { Rollout } from './schema.ts';
import { refused, unchanged, type Now, type Steering } from './steer.ts';
import { isObserved } from './view.ts';

/** Pods start and weights change first. The next hold is usually reached within a second or two. */
const NEXT_HOLD_MS = 10_000;
const FULL_MS = 20_000;

/** Ends the pause at `at`. It is proved once the Rollout has reached the next hold. */
export function promoteSteering(target: Target, at: Point): Steering {
  return {
    decide: (rollout) => decidePromote(rollout, target, at),
    missing: (now, before) =>
      now.rollout.spec.strategy.blueGreen ? notActive(now, at.podHash) : notArrived(now, before, at),
    withinMs: NEXT_HOLD_MS,
  };
}

export function decidePromote(rollout: Rollout, target: Target, at: Point): Decision<WriteResult> {
  return (
    notInTheWay(rollout, at) ??
    (rollout.spec.strategy.blueGreen ? decideBlueGreen(rollout, target, at.podHash) : decideCanary(rollout, target, at))
  );
}

function decideBlueGreen(rollout: Rollout, target: Target, podHash: string): Decision<WriteResult> {
  const { status } = rollout;
  if (status.blueGreen?.activeSelector === podHash) return unchanged(`${podHash} is active already`);
  const seconds = promotesByItself(rollout);
  if (seconds !== undefined)
    return refused(
      `it promotes itself ${seconds} s after its pause began (autoPromotionSeconds), and Argo restores a pause that is ended earlier`,
    );
  if (!status.pauseConditions?.length && !status.controllerPause)
    return refused('it is not paused: its preview is not ready yet');
  return decidePromoteBlueGreen(rollout, target, podHash);
}

/** Reasons, for both strategies, why a promotion would not do what the caller means. */
function notInTheWay(rollout: Rollout, { podHash }: Point): Decision<WriteResult> | undefined {
  const { spec, status } = rollout;
  if (!isObserved(rollout)) return { wait: 'the controller has not yet seen the present spec' };
  if (!status.stableRS) return refused('there is no stable version yet: the first version needs no promotion');
  if (status.currentPodHash !== podHash)
    return refused(
      `the Rollout is at pod hash ${status.currentPodHash ?? 'none'}, not ${podHash}: another template was set`,
    );
  if (status.stableRS === podHash)
    return unchanged(`${podHash} is the stable version already: nothing is left to promote`);
  if (status.abort) return refused('the Rollout is aborted; Argo would go back to step 0 at once');
  if (status.promoteFull) return unchanged('a full promotion is under way already');
  if (spec.paused) return refused('it is paused by hand (spec.paused), and a promote now would skip a step');
  const waiting = runStatuses(rollout).find(
    ({ role, status: state }) => role !== 'background' && ['Pending', 'Running', 'Inconclusive'].includes(state),
  );
  if (waiting)
    return refused(`the ${waiting.role} analysis ${waiting.run} is ${waiting.status}; a promote would skip it`);
  return undefined;
}

function decideCanary(rollout: Rollout, target: Target, { podHash, stepIndex }: Point): Decision<WriteResult> {
  const { status } = rollout;
  if (stepIndex === undefined)
    return refused('it has no steps: there is nothing between the old version and the new one to promote');
  if (isPastStep(rollout, { podHash, stepIndex })) return unchanged(`it is past step ${stepIndex} already`);
  // The controller has reset the resume flag, so nothing holds the Rollout and it is in progress.
  if (!status.pauseConditions?.length && !status.controllerPause)
    return refused(`it is not paused: it is busy with step ${status.currentStepIndex ?? 0}`);
  return decidePromoteCanary(rollout, target, { podHash, stepIndex });
}

/** With `autoPromotionSeconds` Argo restores a pause that is ended early (seen on 1.10.1). */
function promotesByItself({ spec: { strategy } }: Rollout): number | undefined {
  const { blueGreen } = strategy;
  return blueGreen?.autoPromotionEnabled !== false && blueGreen?.autoPromotionSeconds
    ? blueGreen.autoPromotionSeconds
    : undefined;
}

function notActive({ rollout, view }: Now, podHash: string): string | undefined {
  const { status } = rollout;
  if (status.currentPodHash !== podHash) return `${podHash} was replaced by ${status.currentPodHash ?? 'none'}`;
  if (view.stableSelector !== podHash) return `the active Service selects ${view.stableSelector ?? 'no version'}`;
  return undefined;
}

/** Why a canary has not reached the first hold after the step that was ended. Undefined when it has. */
export function notArrived({ view }: Now, before: RolloutState, { podHash, stepIndex = 0 }: Point): string | undefined {
  if (view.podHash !== podHash) return `${podHash} was replaced by ${view.podHash}`;
  if (view.aborted) return 'it was aborted meanwhile';
  const hold = nextHold(before.steps, stepIndex + 1);
  if (hold.index === before.steps.length) return notStable(view, podHash);
  const index = view.stableHash === podHash ? before.steps.length : (view.stepIndex ?? 0);
  if (index < hold.index) return `it is busy with step ${index}; the next hold is step ${hold.index}`;
  return index === hold.index ? notHeld(view, before.steps[index]) : undefined;
}

/** Argo writes the index of a pause step first and its pause condition with a later write (seen on 1.10.1). */
function notHeld({ pauseReasons, specPaused }: RolloutState, step: RolloutStep | undefined): string | undefined {
  const begins = step?.pause !== undefined && pauseReasons.length === 0 && !specPaused;
  return begins ? 'it has reached the step of the next pause, and the pause has not begun' : undefined;
}

/** Skips all remaining steps. It is proved once the version is stable. */
export function promoteFullSteering(at: Point): Steering {
  return {
    decide: (rollout) => decidePromoteFull(rollout, at),
    missing: ({ view }) => notStable(view, at.podHash),
    withinMs: FULL_MS,
  };
}

/** Argo removes an abort, and does not continue under spec.paused (seen). The caller means neither. */
export function decidePromoteFull(rollout: Rollout, { podHash }: Point): Decision<WriteResult> {
  const { spec, status } = rollout;
  if (!isObserved(rollout)) return { wait: 'the controller has not yet seen the present spec' };
  if (!status.stableRS) return refused('there is no stable version yet: the first version needs no promotion');
  if (status.currentPodHash !== podHash)
    return refused(
      `the Rollout is at pod hash ${status.currentPodHash ?? 'none'}, not ${podHash}: another template was set`,
    );
  if (status.stableRS === podHash) return unchanged(`${podHash} is the stable version already`);
  if (status.abort) return refused('the Rollout is aborted; a full promotion would undo the abort');
  if (spec.paused) return refused('it is paused by hand (spec.paused), where a full promotion gets stuck');
  if (status.promoteFull) return unchanged('a full promotion is under way already');
  return {
    patch: [
      { op: 'test', path: '/status/currentPodHash', value: podHash },
      { op: 'add', path: '/status/promoteFull', value: true },
    ],
    subresource: 'status',
    done: { changed: true, detail: `full promotion of ${podHash}, past all steps, pauses and analyses` },
  };
}

/** What is missing until the version is the stable one, also for users. */
export function notStable(view: RolloutState, podHash: string): string | undefined {
  if (view.podHash !== podHash) return `${podHash} was replaced by ${view.podHash}`;
  if (view.aborted) return 'it was aborted meanwhile';
  if (view.stableHash !== podHash) return `the stable version is ${view.stableHash || 'none'}, not yet ${podHash}`;
  if (view.stableService !== undefined && view.stableSelector !== podHash)
    return `Service ${view.stableService} still selects ${view.stableSelector ?? 'no version'}`;
  return undefined;
}
