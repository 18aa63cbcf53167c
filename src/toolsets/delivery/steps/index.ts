import type { CommandServices } from '../../../commands/command.ts';
import type { DeliverySteps, StepTools } from '../../../ports/delivery-steps.ts';
import type { StepWork } from '../../../domain/delivery/delivery.ts';
import { buildStep } from './build.ts';
import { checkStep } from './check.ts';
import { deployStep } from './deploy.ts';
import { onboardStep } from './onboard.ts';
import { pushStep } from './push.ts';
import { releaseStep, type ReleaseStarts } from './release.ts';
import type { Step } from './step.ts';

/** The steps of a delivery, for a worker. They act for whoever has started it. */
export function createDeliverySteps(services: CommandServices, releases: ReleaseStarts): DeliverySteps {
  const runs =
    (step: Step) =>
    (work: StepWork, { signal }: StepTools) =>
      step({
        ...work,
        context: {
          ...services,
          caller: { id: work.input.startedBy, kind: 'worker' },
          signal,
          progress: async () => undefined,
        },
      });
  return {
    onboard: runs(onboardStep),
    build: runs(buildStep),
    check: runs(checkStep),
    push: runs(pushStep),
    deploy: runs(deployStep),
    release: runs(releaseStep(releases)),
  };
}
