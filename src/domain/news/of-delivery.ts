import { currentStep, DELIVERY_STEPS, type DeliveryView } from '../delivery/delivery.ts';
import type { NewsSubject, Told } from './told.ts';

export function deliverySubject({ id, input }: DeliveryView): NewsSubject {
  const { name, version, namespace, cluster } = input;
  return { kind: 'delivery', id, namespace, place: `${name} ${version} to ${namespace} on ${cluster}` };
}

/** The workflow writes one snapshot each time its state or its step changes. */
export function ofDelivery(view: DeliveryView): Told | undefined {
  const { state, reason, input } = view;
  const who = view.events.at(-1)?.who ?? input.startedBy;
  if (state === 'delivered') return { event: 'delivered', what: reason, who, next: 'The delivery has ended.' };
  if (state === 'cancelled')
    return { event: 'cancelled', what: reason, who, next: 'The delivery has ended. What its steps have done stays.' };
  if (state === 'waiting-for-retry')
    return { event: 'asks', what: reason, who: input.startedBy, next: afterFailure(view) };
  const step = currentStep(view);
  const begins = step?.step === DELIVERY_STEPS[0] && step.attempts === 1;
  return begins ? { event: 'started', what: `from ${input.gitUrl}`, who, next: NEXT } : undefined;
}

const NEXT = 'The delivery goes on by itself.';

function afterFailure(view: DeliveryView): string {
  const { step, failure } = currentStep(view) ?? {};
  const advice = failure?.next === undefined ? '' : `${failure.next} `;
  return `${advice}Possible answers: retry, which goes on at ${step ?? 'this step'}, or cancel. Without an answer it stays as it is.`;
}
