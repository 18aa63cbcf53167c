import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { StableWatch } from '../activities/guard.ts';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { Sender } from '../src/domain/release/approval.ts';
import type { CommandOutcome, Decision } from '../src/domain/release/command.ts';
import {
  describeGuard,
  isGuardEnd,
  type GuardEnd,
  type GuardEvent,
  type GuardInput,
  type GuardRecord,
  type GuardState,
  type GuardView,
} from '../src/domain/release/guard.ts';
import { guardId, releaseId } from '../src/domain/release/target.ts';
import type { Waiting } from '../src/domain/release/view.ts';
import { Outbox } from './outbox.ts';
import { has } from './patches.ts';
import { STATE_KEY } from './search-attributes.ts';

/** How a guard ends, and by whose decision. */
export interface GuardEnding {
  readonly state: GuardEnd;
  readonly reason: string;
  readonly who?: string;
  /** The run of the release that goes back. */
  readonly rollbackRunId?: string;
}

/** What somebody requests of the guard. */
export type GuardRequest =
  | { readonly kind: 'abort' | 'resume'; readonly who: string; readonly why?: string; readonly sender?: Sender }
  | { readonly kind: 'superseded'; readonly by: string };

/** Everything that a guard knows. Handlers set `request`; the loop in guard.ts acts on it. */
export class GuardRun {
  readonly input: GuardInput;
  readonly startedAt = Date.now();
  readonly until: number;
  verdict?: Verdict;
  request?: GuardRequest;
  ending?: GuardEnding;
  /** False for a guard that an older version started: its decisions are recorded without who has made them. */
  readonly audited: boolean;
  readonly outcomes: CommandOutcome[] = [];
  readonly outbox: Outbox;
  private state: GuardState = 'guarding';
  private reason = '';
  private waiting?: Waiting;
  private closedAt?: number;
  private readonly events: GuardEvent[] = [];

  constructor(input: GuardInput) {
    this.input = input;
    this.until = this.startedAt + (input.spec.guardMs ?? 0);
    this.audited = has('audited-further');
    this.outbox = new Outbox(true, {
      owner: this.owner,
      // In the journal the guard goes on with the record of the release.
      keySuffix: '@guard',
      byBytes: true,
      afterTurn: has('write-after-turn'),
      situation: () => (this.audited ? this.outbox.add('guard', this.recorded()) : undefined),
      note: (text) => this.note(text),
    });
  }

  private get owner() {
    const { runId, namespace: temporal } = workflowInfo();
    const { target, clusterUid: cluster } = this.input.spec;
    const firstRunId = this.input.releasedBy.chainId;
    return { releaseId: releaseId(target), runId, firstRunId, temporal, ...(cluster !== undefined && { cluster }) };
  }

  get isWaiting(): boolean {
    return this.state === 'waiting-for-decision';
  }

  /** What the activities look at: the arm with all requests. A Service's past is that of the version before. */
  watch(): StableWatch {
    const { spec, plan, newHash, since, from, releasedBy } = this.input;
    const { target, strategy, analysis } = spec;
    const step = plan.steps.length;
    return {
      scene: {
        target,
        strategy,
        plan: { ...plan, candidate: plan.after ?? plan.stable },
        owner: this.owner,
        newHash,
        step,
      },
      limits: { ...analysis, warmUpMs: Math.max(analysis.warmUpMs ?? 0, from - since) },
      since,
      from,
      index: step,
      wanted: 100,
      releasedBy: releasedBy.runId,
    };
  }

  enter(state: GuardState, reason: string, who?: string, waiting?: Omit<Waiting, 'sinceMs'>): void {
    this.state = state;
    this.reason = reason;
    delete this.waiting;
    if (waiting) this.waiting = { ...waiting, sinceMs: Date.now() };
    if (isGuardEnd(state)) this.closedAt = Date.now();
    this.note(`${state}: ${reason}`, who);
    upsertSearchAttributes([{ key: STATE_KEY, value: state }]);
    setCurrentDetails(describeGuard(this.view()));
    this.outbox.flush();
  }

  /** Who decides about what, before the command acts. */
  decision({ who, why, sender }: Pick<Decision, 'who' | 'why' | 'sender'>): Decision {
    return {
      who,
      guard: guardId(this.input.spec.target),
      ...(why !== undefined && { why }),
      ...(sender && { sender }),
      ...(this.waiting && { asked: this.waiting.for }),
    };
  }

  private recorded(): GuardRecord {
    const { spec, plan, startedBy } = this.input;
    const { who, rollbackRunId } = this.ending ?? {};
    return {
      ...{ id: guardId(spec.target), state: this.state, reason: this.reason, startedBy },
      ...{ toImage: plan.toImage, fromImage: plan.fromImage, until: this.until, autoRollback: spec.autoRollback },
      ...(who !== undefined && { who }),
      ...(this.verdict && { verdict: { outcome: this.verdict.outcome, reason: this.verdict.reason } }),
      ...(rollbackRunId !== undefined && { rollbackRunId }),
    };
  }

  note(text: string, who?: string): void {
    const event = { at: Date.now(), text, ...(who && { who }) };
    this.events.push(event);
    this.outbox.add('event', { ...event, state: 'succeeded', text: `guard: ${text}` });
  }

  view(): GuardView {
    const { spec, plan, releasedBy } = this.input;
    const { workflowId, firstExecutionRunId } = workflowInfo();
    return {
      ...{ id: workflowId, runId: firstExecutionRunId, releaseRunId: releasedBy.chainId, spec, plan },
      ...{ state: this.state, reason: this.reason, startedAt: this.startedAt, until: this.until },
      ...(this.closedAt !== undefined && { closedAt: this.closedAt }),
      ...(this.verdict && { verdict: this.verdict }),
      ...(this.waiting && { waiting: this.waiting }),
      commands: [...this.outcomes],
      events: [...this.events],
    };
  }
}
