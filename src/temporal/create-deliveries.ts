import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { DELIVERY_WORKFLOW, deliveryUpdates, getDelivery, type DeliveryMessage } from '../../workflows/messages.ts';
import {
  DELIVERY_STATES,
  deliveryId,
  type DeliveryCommandName,
  type DeliveryInput,
  type DeliveryView,
} from '../domain/delivery/delivery.ts';
import { SluiceError } from '../domain/errors.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing, toSluiceError, undeliverable } from './failure.ts';
import type { Deliveries, DeliverySummary, StartedDelivery } from './deliveries.ts';
import { noAnswer } from './pollers.ts';
import { isOpen, type Run } from './run.ts';
import { ATTRIBUTES, deliveryAttributes } from './search-attributes.ts';
import { workflows, type Workflows, type WorkflowType } from './workflows.ts';

const DELIVERY: WorkflowType<DeliveryView> = { name: DELIVERY_WORKFLOW, query: getDelivery };
type Runs = Workflows<DeliveryView>;

const QUERY_MS = 2_500;
const ACCEPT_MS = 3_000;
/** A step that is cancelled has to end its programs first. */
const RESULT_MS = 20_000;

export function createDeliveries(link: TemporalLink, taskQueue: string): Deliveries {
  const runs = workflows(link, taskQueue, DELIVERY);
  return {
    start: (input) => start(link, runs, input),
    get: (name, runId) => get({ link, runs, taskQueue }, name, runId),
    list: (filter) => list(runs, filter),
    command: (name, command, by) => send({ link, runs, taskQueue }, name, command, by),
  };
}

interface Access {
  readonly link: TemporalLink;
  readonly runs: Runs;
  readonly taskQueue: string;
}

async function start(link: TemporalLink, runs: Runs, input: DeliveryInput): Promise<StartedDelivery> {
  const { name, version, namespace, requestId, gitUrl, startedBy } = input;
  const id = deliveryId(name);
  const open = await runs.describe(id);
  if (open && open.memo?.['request_id'] === requestId) return { id, runId: open.firstRunId, started: false };
  if (open && isOpen(open)) throw busy(name);
  try {
    const runId = await runs.start({
      id,
      args: [input],
      attributes: deliveryAttributes(input),
      memo: { request_id: requestId, namespace },
      summary: `Deliver ${name} ${version}`,
      details: `From ${gitUrl}. Started by ${startedBy}. Follow it with \`sluice delivery get ${name}\`.`,
    });
    return { id, runId, started: true };
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') throw busy(name);
    throw toSluiceError(error, (await link.settings()).address);
  }
}

function busy(name: string): SluiceError {
  return new SluiceError('DELIVERY_BUSY', `The deployment ${name} has an open delivery already.`, {
    details: { name },
  });
}

async function get({ link, runs, taskQueue }: Access, name: string, runId?: string): Promise<DeliveryView | undefined> {
  const id = deliveryId(name);
  const [view, run] = await Promise.allSettled([runs.query(id, QUERY_MS, runId), runs.describe(id, QUERY_MS, runId)]);
  if (run.status === 'rejected') throw run.reason;
  if (!run.value) return undefined;
  if (view.status === 'fulfilled') return trueDelivery(view.value, run.value);
  if (isMissing(view.reason)) return undefined;
  if (!undeliverable(view.reason)) throw toSluiceError(view.reason, (await link.settings()).address);
  throw await noAnswer(link, taskQueue, `The delivery ${id} is ${run.value.status.toLowerCase()} in Temporal.`);
}

/** A run that was ended from outside never wrote its end. */
function trueDelivery(view: DeliveryView, run: Run): DeliveryView {
  if (view.closedAt !== undefined || isOpen(run)) return view;
  const reason = `Temporal says ${run.status}. No step of it goes on.`;
  return { ...view, state: 'ended-outside', reason, closedAt: run.closeTime?.getTime() ?? view.startedAt };
}

async function list(
  runs: Runs,
  { name, limit }: { readonly name?: string; readonly limit: number },
): Promise<readonly DeliverySummary[]> {
  const found: DeliverySummary[] = [];
  await runs.list([], (info) => {
    const one = toSummary(info);
    if (name === undefined || one.name === name) found.push(one);
    return found.length < limit;
  });
  return found;
}

function toSummary(info: WorkflowExecutionInfo): DeliverySummary {
  const { workflowId, runId, typedSearchAttributes: values, startTime, closeTime, memo } = info;
  const value = (key: (typeof ATTRIBUTES)[keyof typeof ATTRIBUTES]): string => values.get(key) ?? '';
  const known = DELIVERY_STATES.find((one) => one === value(ATTRIBUTES.state)) ?? 'ended-outside';
  const isEnd = known === 'delivered' || known === 'cancelled';
  return {
    ...{ id: workflowId, runId, name: workflowId.slice(deliveryId('').length), version: value(ATTRIBUTES.version) },
    // A run that was ended from outside never wrote its end.
    state: closeTime && !isEnd ? 'ended-outside' : known,
    namespace: typeof memo?.['namespace'] === 'string' ? memo['namespace'] : '',
    ...{ startedBy: value(ATTRIBUTES.startedBy), startedAt: startTime.getTime() },
    ...(closeTime ? { closedAt: closeTime.getTime() } : {}),
  };
}

async function send(
  { link, runs, taskQueue }: Access,
  name: string,
  command: DeliveryCommandName,
  by: DeliveryMessage,
): Promise<DeliveryView> {
  const id = deliveryId(name);
  try {
    const done = await runs.update<DeliveryView, [DeliveryMessage]>(id, deliveryUpdates[command], {
      args: [by],
      updateId: randomUUID(),
      acceptMs: ACCEPT_MS,
      resultMs: RESULT_MS,
    });
    if (done) return done.result;
  } catch (error) {
    if (isMissing(error)) throw await ended(runs, name);
    if (undeliverable(error)) throw await noAnswer(link, taskQueue, `The delivery ${id} did not take the command.`);
    throw toSluiceError(error, (await link.settings()).address);
  }
  const view = await get({ link, runs, taskQueue }, name);
  if (view) return view;
  throw await ended(runs, name);
}

/** Temporal does not say whether a run has ended or never was. */
async function ended(runs: Runs, name: string): Promise<SluiceError> {
  const known = await runs.describe(deliveryId(name));
  if (known) return new SluiceError('DELIVERY_CLOSED', `The delivery of ${name} has ended.`);
  return new SluiceError('DELIVERY_NOT_FOUND', `There is no delivery of ${name}.`);
}
