import { DEFAULT_STEPS } from '../../contract/chosen-steps.ts';
import type { PlanRules } from '../../domain/release/plan-rules.ts';
import { chosenSteps, switchedRules } from '../../domain/release/switched-checks.ts';

/** The release owns the weights of the preview Service. Argo only switches at the end. */
export const rules: PlanRules = { ...switchedRules, steps: chosenSteps(DEFAULT_STEPS) };
