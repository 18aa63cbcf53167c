import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { DELIVERY_COMMANDS, type DeliveryCommandName, type DeliveryView } from '../src/domain/delivery/delivery.ts';
import type { DeliveryRun } from './delivery-run.ts';
import { deliverySignals, deliveryUpdates, type DeliveryMessage } from './messages.ts';
import { takeTrace } from './tracing.ts';

const DESCRIPTIONS: Readonly<Record<DeliveryCommandName, string>> = {
  retry: 'Go on at the step that has failed.',
  cancel: 'End the delivery. What its steps have done stays.',
};

/** Registers every command as signal and update. Must run before the workflow's first await. */
export function registerDeliveryCommands(run: DeliveryRun): void {
  for (const name of DELIVERY_COMMANDS) {
    const description = DESCRIPTIONS[name];
    setHandler(
      deliverySignals[name],
      (message) => {
        if (refusalOf(run, name) === undefined) request(run, name, message);
      },
      { description },
    );
    setHandler(deliveryUpdates[name], (message) => perform(run, name, message), {
      description,
      validator: (_: DeliveryMessage) => refuse(refusalOf(run, name)),
    });
  }
}

/** Signals come from anybody. */
function whoOf(message: DeliveryMessage | undefined): string {
  return typeof message?.who === 'string' ? message.who.slice(0, 200) : 'unknown';
}

function refusalOf(run: DeliveryRun, name: DeliveryCommandName): readonly [code: string, message: string] | undefined {
  if (run.isClosed) return ['DELIVERY_CLOSED', 'The delivery has ended.'];
  if (run.request) return ['DELIVERY_CLOSED', `Another ${run.request.kind} is being carried out.`];
  if (name === 'cancel' || run.isWaiting) return undefined;
  return ['DELIVERY_NOT_WAITING', 'No step of the delivery has failed, so there is nothing to retry.'];
}

function refuse(refusal: readonly [string, string] | undefined): void {
  if (refusal) throw ApplicationFailure.nonRetryable(refusal[1], refusal[0]);
}

function request(run: DeliveryRun, kind: DeliveryCommandName, message: DeliveryMessage): void {
  takeTrace();
  run.ask(kind, whoOf(message), message?.sender);
}

/** The state after the command has acted. */
async function perform(run: DeliveryRun, kind: DeliveryCommandName, message: DeliveryMessage): Promise<DeliveryView> {
  request(run, kind, message);
  await condition(() => run.isClosed || run.request === undefined);
  return run.view();
}
