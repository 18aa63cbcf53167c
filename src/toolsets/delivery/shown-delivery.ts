import { z } from 'zod';
import {
  DELIVERY_STATES,
  DELIVERY_STEPS,
  FINDING_OUTCOMES,
  STEP_STATES,
  type DeliveryView,
  type StepView,
} from '../../domain/delivery/delivery.ts';
import { cleanText } from '../../domain/safe-text.ts';

const MAX_TEXT = 2_000;
const text = (value: string): string => cleanText(value, MAX_TEXT);
const time = (at: number): string => new Date(at).toISOString();

const step = z.strictObject({
  step: z.enum(DELIVERY_STEPS),
  state: z.enum(STEP_STATES),
  attempts: z.int(),
  seconds: z.number().optional(),
  reason: z.string().optional(),
  error: z.string().optional().describe('Code of the failure.'),
  next: z.string().optional(),
  figures: z.record(z.string(), z.union([z.string(), z.number()])),
  findings: z.array(z.strictObject({ check: z.string(), outcome: z.enum(FINDING_OUTCOMES), text: z.string() })),
});

/** A delivery, as tools answer with it. */
const deliveryFields = {
  id: z.string(),
  run_id: z.string(),
  name: z.string(),
  version: z.string(),
  state: z.enum(DELIVERY_STATES),
  reason: z.string(),
  git_url: z.string(),
  source_commit: z.string(),
  branch: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  started_by: z.string(),
  started_at: z.string(),
  closed_at: z.string().optional(),
  steps: z.array(step),
  next: z.string(),
};
export const shownDelivery = z.strictObject(deliveryFields);
export type ShownDelivery = z.output<typeof shownDelivery>;

export function toShown(view: DeliveryView, more: { readonly next?: string } = {}): ShownDelivery {
  const { name, version, gitUrl, sourceCommit, branch, cluster, namespace, startedBy } = view.input;
  return {
    ...{ id: view.id, run_id: view.runId, name, version, state: view.state, reason: text(view.reason) },
    ...{ git_url: gitUrl, source_commit: sourceCommit, branch, cluster, namespace, started_by: startedBy },
    started_at: time(view.startedAt),
    ...(view.closedAt === undefined ? {} : { closed_at: time(view.closedAt) }),
    steps: view.steps.map(toStep),
    next: more.next ?? nextOf(view),
  };
}

function toStep({ step: name, state, attempts, startedAt, endedAt, reason, failure, figures, findings }: StepView) {
  const why = failure?.reason ?? reason;
  return {
    ...{ step: name, state, attempts },
    ...(startedAt === undefined || endedAt === undefined
      ? {}
      : { seconds: Math.round((endedAt - startedAt) / 100) / 10 }),
    ...(why === undefined ? {} : { reason: text(why) }),
    ...(failure ? { error: failure.code } : {}),
    ...(failure?.next ? { next: text(failure.next) } : {}),
    figures: Object.fromEntries(
      Object.entries(figures).map(([key, value]) => [key, typeof value === 'string' ? text(value) : value]),
    ),
    findings: findings.map((one) => ({ ...one, text: text(one.text) })),
  };
}

function nextOf({ state, input: { name } }: DeliveryView): string {
  switch (state) {
    case 'running':
      return `Call delivery_get with name "${name}" again to follow it.`;
    case 'waiting-for-retry':
      return `Correct the cause, then call delivery_retry with name "${name}", or delivery_cancel.`;
    case 'delivered':
      return '';
    case 'cancelled':
    case 'ended-outside':
      return 'What its steps have done stays. delivery_start begins another delivery.';
  }
}

export function shownText({ name, version, state, reason, steps, next }: ShownDelivery): string {
  const lines = steps.flatMap((one) => [
    `  ${one.state.padEnd(9)}  ${one.step.padEnd(7)}  ${stepText(one)}`.trimEnd(),
    ...one.findings.map(({ check, outcome, text: what }) => `             ${outcome.padEnd(7)}  ${check}: ${what}`),
  ]);
  return [`${name} ${version}: ${state}. ${reason}`, ...lines, ...(next === '' ? [] : [next])].join('\n');
}

function stepText({ seconds, reason, error, attempts }: ShownDelivery['steps'][number]): string {
  const parts = [
    seconds === undefined ? '' : `${seconds} s`,
    attempts > 1 ? `attempt ${attempts}` : '',
    [error, reason].filter((one) => one !== undefined).join(': '),
  ];
  return parts.filter((one) => one !== '').join(', ');
}
