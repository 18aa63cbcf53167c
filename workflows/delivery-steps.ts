import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { DeliveryStep, StepDone, StepWork } from '../src/domain/delivery/delivery.ts';

const retry = { initialInterval: '500 milliseconds', backoffCoefficient: 1.6, maximumInterval: '10 seconds' } as const;
/** About a minute of attempts for a system that is away. Then the delivery asks. */
const ATTEMPTS = 12;

const options: ActivityOptions = {
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '6 seconds',
  retry: { ...retry, maximumAttempts: ATTEMPTS },
  // A cancelled step has ended when the delivery ends, so no program of it goes on.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

const steps =
  proxyActivities<
    Pick<Activities, 'deliveryOnboard' | 'deliveryBuild' | 'deliveryCheck' | 'deliveryPush' | 'deliveryDeploy'>
  >(options);

/** A release takes as long as its steps and its approvers do. It is only watched here, without a limit of attempts. */
const watching = proxyActivities<Pick<Activities, 'deliveryRelease'>>({
  ...options,
  startToCloseTimeout: '60 days',
  retry,
});

const DO: Readonly<Record<DeliveryStep, (work: StepWork) => Promise<StepDone>>> = {
  onboard: (work) => steps.deliveryOnboard.executeWithOptions({ summary: 'write the deployment' }, [work]),
  build: (work) => steps.deliveryBuild.executeWithOptions({ summary: 'build the image' }, [work]),
  check: (work) => steps.deliveryCheck.executeWithOptions({ summary: 'check the image' }, [work]),
  push: (work) => steps.deliveryPush.executeWithOptions({ summary: 'push the image' }, [work]),
  deploy: (work) => steps.deliveryDeploy.executeWithOptions({ summary: 'deploy a first version' }, [work]),
  release: (work) => watching.deliveryRelease.executeWithOptions({ summary: 'release a later version' }, [work]),
};

/** Runs one step as an activity. Errors: ActivityFailure. */
export function doStep(step: DeliveryStep, work: StepWork): Promise<StepDone> {
  return DO[step](work);
}
