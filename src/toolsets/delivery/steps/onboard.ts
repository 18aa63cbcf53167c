import { parse } from '../../../contract/parse.ts';
import { SluiceError } from '../../../domain/errors.ts';
import { imageParts } from '../../../domain/onboarding/image-reference.ts';
import { askedInput } from '../asked.ts';
import { blocker } from '../blocker.ts';
import { writtenCommit } from '../delivery-onboard.ts';
import { onboarding, type Onboarding } from '../onboarding.ts';
import type { Step, StepCall } from './step.ts';

/** Writes the files of the deployment, as the plan has shown them. A repetition finds them written. */
export const onboardStep: Step = ({ context, input }) =>
  onboarding(context, askedOf(input), async (found) => {
    const blocked = blocker(found);
    if (blocked) throw blocked;
    requirePlanned(found, input);
    const commit = (await writtenCommit(context, found)) ?? found.state?.base ?? '';
    const { service, plan, open, branch } = found;
    const { image, version } = plan.deployment;
    return {
      reason: `the branch ${branch} has the deployment at ${commit.slice(0, 12)}`,
      facts: { commit, sourceTree: open.objects.tree, image: `${imageParts(image).name}:${version}` },
      figures: {
        commit,
        source_commit: open.source.commit,
        source_files: open.source.files.length,
        language: service.language,
        warnings: plan.warnings.length,
      },
    };
  });

/** The source is that of the plan, whatever its branch is now. */
function askedOf({ asked, sourceCommit, branch }: StepCall['input']) {
  return parse(askedInput, { ...asked, ref: sourceCommit, branch });
}

/** Errors: PLAN_CHANGED. After a repetition the branch may have the deployment already. */
function requirePlanned({ open, state, changes }: Onboarding, { sourceCommit, base, branch }: StepCall['input']): void {
  if (open.source.commit === sourceCommit && (!changes || state?.base === base)) return;
  throw new SluiceError('PLAN_CHANGED', `The branch ${branch} is not where the plan was made. Nothing was written.`, {
    next: 'Cancel the delivery, call delivery_plan again, and start another one.',
  });
}
