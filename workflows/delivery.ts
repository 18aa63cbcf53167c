import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  DELIVERY_STEPS,
  deliveryId,
  type DeliveryInput,
  type DeliveryStep,
  type DeliveryView,
  type StepDone,
} from '../src/domain/delivery/delivery.ts';
import { doStep } from './delivery-steps.ts';
import { registerDeliveryCommands } from './delivery-commands.ts';
import { failureOf } from './delivery-failure.ts';
import { DeliveryRun } from './delivery-run.ts';
import { first } from './first.ts';
import { getDelivery } from './messages.ts';

/** How often a delivery builds anew by itself, because another worker than the builder's has taken a step over. */
const MAX_REBUILDS = 3;

/**
 * From a repository to a released version. A step that fails waits for a person: `retry` goes on at this step. What the
 * steps before it have done stays.
 */
export async function delivery(input: DeliveryInput): Promise<DeliveryView> {
  const run = new DeliveryRun(acceptedDelivery(input));
  setHandler(getDelivery, () => run.view(), { description: 'The whole state of the delivery.' });
  registerDeliveryCommands(run);
  try {
    await end(run, await delivered(run));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => end(run, { kind: 'cancel', by: 'Temporal' }));
    throw error;
  }
  return run.view();
}

/** Anybody who may start workflows may start this one. Fails the run with INVALID_INPUT. */
function acceptedDelivery(input: DeliveryInput | undefined): DeliveryInput {
  const whole = input?.name && input.version && input.gitUrl && input.sourceCommit && input.branch && input.asked;
  if (whole && workflowInfo().workflowId === deliveryId(input.name)) return input;
  const message = 'a delivery is started by delivery_start only, under the id delivery/<name>';
  throw ApplicationFailure.nonRetryable(message, 'INVALID_INPUT');
}

type Ending = { readonly kind: 'delivered' } | { readonly kind: 'cancel'; readonly by: string };

async function end(run: DeliveryRun, ending: Ending): Promise<void> {
  if (ending.kind === 'delivered') run.close('delivered', `${run.input.name} ${run.input.version} is delivered`);
  else run.close('cancelled', `cancelled by ${ending.by}`);
  await condition(allHandlersFinished);
  await run.outbox.finish();
}

async function delivered(run: DeliveryRun): Promise<Ending> {
  let [at, rebuilds] = [0, 0];
  while (at < DELIVERY_STEPS.length) {
    const step = DELIVERY_STEPS[at] as DeliveryStep;
    const met = await attempt(run, step);
    if (met === 'cancel') return cancelled(run);
    if (met === 'done') {
      at += 1;
    } else if (met === 'build' && rebuilds < MAX_REBUILDS) {
      rebuilds += 1;
      at = DELIVERY_STEPS.indexOf('build');
      run.again('build');
    } else {
      await condition(() => run.request !== undefined);
      if (run.request?.kind === 'cancel') return cancelled(run);
      run.takeRequest();
      // An image that is not here has to be built first, also for a retry of a later step.
      if (met === 'build') at = DELIVERY_STEPS.indexOf('build');
    }
  }
  return { kind: 'delivered' };
}

function cancelled(run: DeliveryRun): Ending {
  return { kind: 'cancel', by: run.request?.who ?? '' };
}

/** `build`: the image is not on the machine of this worker. */
async function attempt(run: DeliveryRun, step: DeliveryStep): Promise<'done' | 'failed' | 'build' | 'cancel'> {
  run.begin(step);
  try {
    const done = await first<StepDone | 'cancel'>(() => [
      doStep(step, run.work()),
      condition(() => run.request?.kind === 'cancel').then((): 'cancel' => 'cancel'),
    ]);
    if (done === 'cancel') return 'cancel';
    return run.finish(step, done) ? 'done' : 'failed';
  } catch (error) {
    const failure = failureOf(error);
    run.fail(step, failure);
    return failure.code === 'IMAGE_NOT_HERE' ? 'build' : 'failed';
  }
}
