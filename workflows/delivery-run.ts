import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import {
  currentStep,
  DELIVERY_STEPS,
  describeDelivery,
  type DeliveryCommandName,
  type DeliveryDecision,
  type DeliveryEvent,
  type DeliveryFacts,
  type DeliveryFailure,
  type DeliveryInput,
  type DeliveryState,
  type DeliveryStep,
  type DeliveryView,
  type StepDone,
  type StepView,
  type StepWork,
} from '../src/domain/delivery/delivery.ts';
import type { Sender } from '../src/domain/release/approval.ts';
import { Outbox } from './outbox.ts';
import { has } from './patches.ts';
import { STATE_KEY } from './search-attributes.ts';

/** The newest events. An answer to a query stays small. */
const MAX_EVENTS = 100;

/** What somebody requests of the delivery. */
export interface DeliveryRequest {
  readonly kind: DeliveryCommandName;
  readonly who: string;
}

/** Everything that a delivery knows. Handlers set `request`; the loop in delivery.ts acts on it. */
export class DeliveryRun {
  readonly input: DeliveryInput;
  readonly outbox: Outbox;
  request?: DeliveryRequest;
  private readonly startedAt = Date.now();
  private readonly steps = new Map<DeliveryStep, StepView>(DELIVERY_STEPS.map((step) => [step, fresh(step, 0)]));
  private facts: DeliveryFacts = {};
  private state: DeliveryState = 'running';
  private reason = '';
  private closedAt?: number;
  private readonly events: DeliveryEvent[] = [];
  private readonly decisions: DeliveryDecision[] = [];

  constructor(input: DeliveryInput) {
    this.input = input;
    const { workflowId, runId, firstExecutionRunId: firstRunId, namespace: temporal } = workflowInfo();
    const audited = has('audited-further');
    this.outbox = new Outbox(true, {
      owner: { releaseId: workflowId, runId, firstRunId, temporal },
      keySuffix: '',
      byBytes: true,
      afterTurn: true,
      situation: () =>
        this.outbox.add('delivery', audited ? { ...this.view(), decisions: [...this.decisions] } : this.view()),
      note: (text) => this.note(text),
    });
  }

  get isWaiting(): boolean {
    return this.state === 'waiting-for-retry';
  }

  get isClosed(): boolean {
    return this.closedAt !== undefined;
  }

  work(): StepWork {
    const attempts = currentStep(this.view())?.attempts ?? 1;
    return { input: this.input, facts: this.facts, runId: workflowInfo().firstExecutionRunId, attempt: attempts };
  }

  begin(step: DeliveryStep): void {
    const attempts = this.stepOf(step).attempts + 1;
    this.steps.set(step, { ...fresh(step, attempts), state: 'running', startedAt: Date.now() });
    this.enter('running', `${step}${attempts > 1 ? `, attempt ${attempts}` : ''}`);
  }

  /** Somebody wants the delivery to go on, or to end. */
  ask(kind: DeliveryCommandName, who: string, sender?: Sender): void {
    this.request = { kind, who };
    const step = currentStep(this.view())?.step;
    this.decisions.push({ at: Date.now(), command: kind, who, ...(sender && { sender }), ...(step && { step }) });
  }

  /** Returns false if what the step found stops the delivery. */
  finish(step: DeliveryStep, { reason, skipped, facts, figures = {}, findings = [], refused }: StepDone): boolean {
    const ended = { ...this.stepOf(step), endedAt: Date.now(), reason, figures, findings };
    this.facts = { ...this.facts, ...facts };
    if (refused) {
      this.steps.set(step, { ...ended, state: 'failed', failure: refused });
      this.enter('waiting-for-retry', `${step} stops the delivery: ${refused.reason}`);
      return false;
    }
    this.steps.set(step, { ...ended, state: skipped ? 'skipped' : 'done' });
    this.note(`${step}: ${reason}`);
    return true;
  }

  fail(step: DeliveryStep, failure: DeliveryFailure): void {
    this.steps.set(step, { ...this.stepOf(step), state: 'failed', endedAt: Date.now(), failure });
    this.enter('waiting-for-retry', `${step} has failed: ${failure.code}: ${failure.reason}`);
  }

  /** The steps from `from` on are to be done anew. */
  again(from: DeliveryStep): void {
    for (const step of DELIVERY_STEPS.slice(DELIVERY_STEPS.indexOf(from)))
      this.steps.set(step, fresh(step, this.stepOf(step).attempts));
  }

  takeRequest(): void {
    if (this.request) this.note(`${this.request.kind} by ${this.request.who}`, this.request.who);
    delete this.request;
  }

  close(state: 'delivered' | 'cancelled', reason: string): void {
    const step = currentStep(this.view());
    if (step?.state === 'running') this.steps.set(step.step, { ...step, state: 'cancelled', endedAt: Date.now() });
    this.closedAt = Date.now();
    this.enter(state, reason, this.request?.who);
  }

  view(): DeliveryView {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    return {
      ...{ id: workflowId, runId: firstExecutionRunId, input: this.input, state: this.state, reason: this.reason },
      startedAt: this.startedAt,
      ...(this.closedAt !== undefined && { closedAt: this.closedAt }),
      steps: [...this.steps.values()],
      facts: this.facts,
      events: [...this.events],
    };
  }

  private stepOf(step: DeliveryStep): StepView {
    return this.steps.get(step) ?? fresh(step, 0);
  }

  private enter(state: DeliveryState, reason: string, who?: string): void {
    this.state = state;
    this.reason = reason;
    this.note(`${state}: ${reason}`, who);
    upsertSearchAttributes([{ key: STATE_KEY, value: state }]);
    setCurrentDetails(describeDelivery(this.view()));
    this.outbox.flush();
  }

  private note(text: string, who?: string): void {
    this.events.push({ at: Date.now(), text, ...(who && { who }) });
    if (this.events.length > MAX_EVENTS) this.events.shift();
  }
}

function fresh(step: DeliveryStep, attempts: number): StepView {
  return { step, state: 'waiting', attempts, figures: {}, findings: [] };
}
