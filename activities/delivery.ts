import { Context } from '@temporalio/activity';
import type { DeliveryStep, StepDone, StepWork } from '../src/domain/delivery/delivery.ts';
import { SluiceError } from '../src/domain/errors.ts';
import type { DeliverySteps } from '../src/ports/delivery-steps.ts';

/** One activity for each step of a delivery. `steps` are absent in a worker that delivers nothing. */
export const deliveryActivities = (steps?: DeliverySteps) => {
  const runs =
    (step: DeliveryStep) =>
    async (work: StepWork): Promise<StepDone> => {
      if (!steps) throw new SluiceError('INTERNAL', 'This worker cannot deliver.');
      return steps[step](work, { signal: Context.current().cancellationSignal });
    };
  return {
    /** Writes the files of the deployment as one commit on a branch. */
    deliveryOnboard: runs('onboard'),
    /** Builds the image into the store of the builder. Nothing is pushed. */
    deliveryBuild: runs('build'),
    /** Checks the image that was built. */
    deliveryCheck: runs('check'),
    /** Pushes the image that was checked, and writes its digest to the branch. */
    deliveryPush: runs('push'),
    /** Creates the objects of a first version, and waits until it is ready. */
    deliveryDeploy: runs('deploy'),
    /** Starts the release of a later version, and waits for its end. */
    deliveryRelease: runs('release'),
  };
};
