/** A canary step, as far as it matters for where a Rollout goes by itself. */
interface Step {
  readonly setWeight?: number;
  readonly pause?: { readonly seconds?: number };
  readonly other?: string;
}

/** Where a canary comes to rest. */
export interface Hold {
  /** Index of the step that holds it; the number of steps when nothing does. */
  readonly index: number;
  /** Candidate's share there, in percent; undefined when no step before has set one. */
  readonly weight?: number;
  /** All traffic is on the new version there: the end, or a weight of 100. */
  readonly full: boolean;
}

/** Steps that are over as soon as they are done. */
const PASSING = ['setCanaryScale', 'setHeaderRoute', 'setMirrorRoute'];

/**
 * The first step from `from` on that holds a canary. `judgedOnly`: a timed pause counts as passed, since nobody decides
 * there.
 */
export function nextHold(steps: readonly Step[], from: number, { judgedOnly = false } = {}): Hold {
  const index = steps.findIndex((step, at) => at >= from && holds(step, judgedOnly));
  const end = index === -1 ? steps.length : index;
  const weight = steps.slice(0, end).findLast((step) => step.setWeight !== undefined)?.setWeight;
  return { index: end, ...(index !== -1 && weight !== undefined && { weight }), full: index === -1 || weight === 100 };
}

function holds(step: Step, judgedOnly: boolean): boolean {
  if (step.pause) return !judgedOnly || step.pause.seconds === undefined;
  return step.other !== undefined && !PASSING.includes(step.other);
}
