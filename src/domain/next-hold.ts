/** The parts of a canary step that decide where a Rollout pauses. */
interface Step {
  readonly setWeight?: number;
  readonly pause?: { readonly seconds?: number };
  readonly other?: string;
}

/** The position at which a canary holds. */
export interface Hold {
  /** Index of the step that holds it. It is the number of steps if no step does. */
  readonly index: number;
  /** Candidate's share there, in percent. Undefined if no earlier step has set one. */
  readonly weight?: number;
  /** All traffic is on the new version there, at the end or at a weight of 100. */
  readonly full: boolean;
}

/** Steps that Argo passes as soon as they are done. */
const PASSING = ['setCanaryScale', 'setHeaderRoute', 'setMirrorRoute'];

/**
 * The first step from `from` on that holds a canary. `judgedOnly`: a timed pause counts as passed, because no decision
 * is made there.
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
