import type { CommandServices } from '../../../commands/command.ts';
import type { DeliverySteps, StepTools } from '../../../ports/delivery-steps.ts';
import type { Caller } from '../../../domain/access/caller.ts';
import type { DeliveryInput, StepWork } from '../../../domain/delivery/delivery.ts';
import { buildStep } from './build.ts';
import { checkStep } from './check.ts';
import { deployStep } from './deploy.ts';
import { onboardStep } from './onboard.ts';
import { pushStep } from './push.ts';
import { releaseStep, type ReleaseStarts } from './release.ts';
import type { Step } from './step.ts';

/** Whoever has started a delivery asks for its release too, so they do not approve it. */
function callerOf({ startedBy, proposer }: DeliveryInput): Caller {
  const { identity, onBehalfOf } = proposer ?? {};
  return { id: startedBy, kind: 'worker', ...(identity && { identity }), ...(onBehalfOf && { onBehalfOf }) };
}

/** The steps of a delivery, for a worker. They act for whoever has started it. */
export function createDeliverySteps(services: CommandServices, releases: ReleaseStarts): DeliverySteps {
  const runs =
    (step: Step) =>
    (work: StepWork, { signal }: StepTools) =>
      step({
        ...work,
        context: {
          ...services,
          caller: callerOf(work.input),
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
