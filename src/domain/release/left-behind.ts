import type { Recover } from './plan.ts';
import type { ReleaseView } from './view.ts';

/** What a run that has ended left behind, for the run that takes it over. Undefined if it had no plan. */
export function leftBehind(view: ReleaseView, reason: string): Recover | undefined {
  const { plan, newHash, stepIndex, weightWanted } = view;
  if (!plan) return undefined;
  const judgedSteps = judgedStepsOf(view, plan.steps.length);
  return {
    ...{ plan, stepIndex, weightWanted, reason },
    ...(newHash !== undefined && { newHash }),
    ...(judgedSteps !== undefined && { judgedSteps }),
  };
}

/**
 * How many steps had passed. A run that was ended from outside shows its last state in its last event. Undefined if a
 * person skipped an analysis, because the view does not say which steps this concerned.
 */
function judgedStepsOf({ state, stepIndex, commands, events }: ReleaseView, steps: number): number | undefined {
  if (commands.some(({ command, outcome }) => command === 'skip-analysis' && outcome === 'applied')) return undefined;
  return [state, events.at(-1)?.state].includes('promoting') ? steps : stepIndex;
}
