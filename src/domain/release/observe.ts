import type { RolloutState, RolloutStep } from '../rollout.ts';
import { isUntimedPause } from './first-hold.ts';
import type { PlanStep, ReleasePlan } from './plan.ts';

/** The parts of a Rollout's state from which the progress of a release is derived. */
export type Observation = Pick<
  RolloutState,
  | 'observed'
  | 'steps'
  | 'podHash'
  | 'stableHash'
  | 'stepIndex'
  | 'pauseReasons'
  | 'controllerPause'
  | 'aborted'
  | 'phase'
  | 'message'
  | 'stableService'
  | 'candidateService'
  | 'stableSelector'
  | 'candidateSelector'
  | 'canaryWeight'
  | 'replicas'
> & {
  /** Image of the container that is released. */
  readonly image: string | undefined;
};

/** The release's own version. `newHash` is absent until the controller has named it. */
export interface Expected {
  readonly toImage: string;
  readonly newHash?: string;
  /** The planned steps. If a step names its pause, the Rollout must still have the step and the pause. */
  readonly steps?: readonly PlanStep[];
  /** The planned pause before the first weight, which must still be there too. */
  readonly hold?: ReleasePlan['hold'];
}

/** What a plan expects of the steps of the Rollout. */
export function plannedSteps({ steps, hold }: Pick<ReleasePlan, 'steps' | 'hold'>): Pick<Expected, 'steps' | 'hold'> {
  return { steps, ...(hold ? { hold } : {}) };
}

/** The reason why a release must leave a step. Undefined while the Rollout is as the release left it. */
export interface Departure {
  readonly kind: 'superseded' | 'aborted-elsewhere' | 'steps-changed';
  readonly detail: string;
}

/**
 * Detects an image or template, or an abort, of another actor. A spec that the controller has not observed yet is not
 * judged.
 */
export function departure(seen: Observation, expected: Expected): Departure | undefined {
  if (seen.image !== undefined && seen.image !== expected.toImage)
    return {
      kind: 'superseded',
      detail: `the image was changed to ${seen.image}, this release set ${expected.toImage}`,
    };
  if (!seen.observed) return undefined;
  if (expected.newHash !== undefined && seen.podHash !== expected.newHash)
    return {
      kind: 'superseded',
      detail: `the template changed: its hash became ${seen.podHash}, this release rolled out ${expected.newHash}`,
    };
  if (seen.aborted) return { kind: 'aborted-elsewhere', detail: 'the Rollout was aborted by somebody else' };
  return changedStep(seen.steps, expected.steps ?? [], expected.hold);
}

/** Argo restarts at the first step when the list of steps changes (argo-rollouts v1.10.1, rollout/canary.go). */
function changedStep(
  steps: readonly RolloutStep[],
  planned: readonly PlanStep[],
  hold: Expected['hold'],
): Departure | undefined {
  const what = planned.some(({ watched }) => watched) ? movedWeight(steps, planned) : lostPause(steps, planned, hold);
  if (what === undefined) return undefined;
  return { kind: 'steps-changed', detail: `somebody changed the steps of the Rollout while it was released: ${what}` };
}

/** Argo runs these steps by itself, so only their weights matter. */
function movedWeight(steps: readonly RolloutStep[], planned: readonly PlanStep[]): string | undefined {
  const moved = planned.find(
    ({ weight, watched }) =>
      watched && (steps[watched.first]?.setWeight !== weight || steps[watched.last] === undefined),
  );
  return moved && `weight ${moved.weight} is no longer at step ${moved.watched?.first}`;
}

function lostPause(
  steps: readonly RolloutStep[],
  planned: readonly PlanStep[],
  hold: Expected['hold'],
): string | undefined {
  const lost = planned.find(({ weight, pauseIndex }) => {
    if (pauseIndex === undefined) return false;
    return weightBefore(steps, pauseIndex) !== weight || !isUntimedPause(steps[pauseIndex]);
  });
  if (lost) return `weight ${lost.weight} with its pause is gone`;
  if (hold && !isUntimedPause(steps[hold.pauseIndex])) return 'the pause before the first weight is gone';
  const held = planned.filter(({ pauseIndex }) => pauseIndex !== undefined).length + (hold ? 1 : 0);
  const pauses = steps.filter(({ pause }) => pause !== undefined).length;
  return held === 0 || held === pauses ? undefined : `it has ${pauses} pauses instead of ${held}`;
}

/** The weight that a pause follows. A step that lets the pods follow the weight again may be between them. */
function weightBefore(steps: readonly RolloutStep[], pauseIndex: number): number | undefined {
  const before = steps[pauseIndex - 1];
  return before?.canaryScale?.followsWeight ? steps[pauseIndex - 2]?.setWeight : before?.setWeight;
}

/** True when the new version is the stable one, and so is the version behind the Service of stable. */
export function isPromoted(seen: Observation, newHash: string): boolean {
  return seen.observed && seen.stableHash === newHash && seen.podHash === newHash && stableSelects(seen, newHash);
}

/** Whether the Service of stable selects the version. A Rollout without such a Service has nothing to select. */
export function stableSelects(
  { stableService, stableSelector }: Pick<RolloutState, 'stableService' | 'stableSelector'>,
  hash: string,
): boolean {
  return stableSelector === hash || (stableService === undefined && stableSelector === undefined);
}

/** As stableSelects, for the Service of the new version. */
export function candidateSelects(
  { candidateService, candidateSelector }: Pick<RolloutState, 'candidateService' | 'candidateSelector'>,
  hash: string,
): boolean {
  return candidateSelector === hash || (candidateService === undefined && candidateSelector === undefined);
}
