import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { Situation } from '../src/domain/release/admission.ts';
import type { CommandOutcome } from '../src/domain/release/command.ts';
import type { ContinuedFacts } from '../src/domain/release/continued.ts';
import { approversNow, ballotsNow } from '../src/domain/release/phase-approvals.ts';
import type { PlanStep, ReleasePlan } from '../src/domain/release/plan.ts';
import type { WeightProof } from '../src/domain/release/proof.ts';
import { isClosed, type ClosedState, type ReleaseState } from '../src/domain/release/state.ts';
import { recordOf } from '../src/domain/release/record.ts';
import type { StopCause } from '../src/domain/release/stop.ts';
import { chainOf, releaseId, type Owner } from '../src/domain/release/target.ts';
import type { ReleaseEvent, ReleaseView, Waiting } from '../src/domain/release/view.ts';
import { describeRelease } from '../src/domain/release/describe.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import { STATE_KEY } from './search-attributes.ts';
import { ReleaseClock } from './clock.ts';
import { EventLog } from './event-log.ts';
import { first } from './first.ts';
import { Outbox } from './outbox.ts';
import type { ReleaseInput } from './messages.ts';
import { originIn } from './origin.ts';
import { has } from './patches.ts';
import { ReleaseStopped } from './stopped.ts';

/**
 * States that are written to the journal when they begin, in addition to every question, pause and end. Not every state
 * is written, because each write adds six events to the history.
 */
const FLUSHED: readonly ReleaseState[] = ['soaking', 'aborting'];

/**
 * The state of a release. Handlers set requests (`stop`, `skip`, `promoted`), and the loop in release.ts acts on them.
 */
export class ReleaseRun {
  readonly clock = new ReleaseClock();
  readonly input: ReleaseInput;
  readonly owner: Owner;
  startedAt = Date.now();
  plan?: ReleasePlan;
  newHash?: string;
  source?: string;
  stepIndex = 0;
  weightWanted = 0;
  proof?: WeightProof;
  /** When the first weight came into force. Evidence counts from then on. */
  since?: number;
  /** When the present weight was proved; of the cluster's clock, as all times of evidence. */
  steppedAt?: number;
  verdict?: Verdict;
  waiting?: Waiting;
  /** Requests of people. */
  stop?: StopCause;
  skip?: NonNullable<ContinuedFacts['skip']>;
  approval?: NonNullable<ContinuedFacts['approval']>;
  votes: NonNullable<ContinuedFacts['votes']> = [];
  stepVotes?: NonNullable<ContinuedFacts['stepVotes']>;
  emergencyVotes?: NonNullable<ContinuedFacts['emergencyVotes']>;
  /** How many steps have passed. */
  judgedSteps = 0;
  /** Why the new version got past the first step without this release; absent: it did not. */
  passedBy?: string;
  /** Why a step passed without a verdict, by its index. */
  readonly unjudged = new Map<number, string>();
  readonly promoted = new Set<number>();
  promoteAll = false;
  retries = 0;
  /** Facts that command handlers wait for: steps that have ended, and the outcome of an abort. */
  advanced = 0;
  withdrawal?: NonNullable<ContinuedFacts['withdrawal']>;
  /** The windows of the target as they were last seen, and the closed ones that a person has overridden. */
  window?: NonNullable<ContinuedFacts['window']>;
  override?: NonNullable<ContinuedFacts['override']>;
  readonly outcomes: CommandOutcome[] = [];
  /** The release writes to the journal. A release that an older version started does not. */
  readonly journaled = has('journal');
  /** False for a release that an older version started: its decisions are recorded without who has made them. */
  readonly audited = has('audited-decisions');
  /** Whether the patch `careful` applies (patches.ts). */
  readonly careful = has('careful');
  /** The target was found in the middle of this release, so it is rolled back and never refused. */
  underWay = false;
  /** The memo of the run names the first run of its chain. */
  chainNamed = false;
  /** False for a release that an older version started: it has no guard while weights move. */
  readonly gapless = has('watch-without-gap');
  /** Whether the run may continue as new (continuing.ts). */
  readonly continuable = has('continues-as-new');
  /** False for a release that an older version started: no window holds it. */
  readonly windowed = has('windows');
  /** The run is about to continue as new. Commands that wait for an effect are answered. */
  leaving = false;
  /** Run ids of the earlier runs that this one continues. */
  earlierRuns: readonly string[] = [];
  /** Signals and updates that this run has handled. */
  handled = 0;
  readonly outbox: Outbox;
  /** The end of the release while it is written to the journal. The end is not visible to clients yet. */
  ending?: ClosedState;
  /** Number of the last act. It follows from the history, so a replay computes the same. */
  epoch = 0;
  phase: ReleaseState = 'preflight';
  reason = '';
  readonly events = new EventLog();
  private lastEvent?: ReleaseEvent;
  private closedAt?: number;

  constructor(input: ReleaseInput) {
    this.input = input;
    const { namespace: temporal, runId, firstExecutionRunId: firstRunId } = workflowInfo();
    const { target, clusterUid: cluster } = input.spec;
    this.owner = {
      ...{ releaseId: releaseId(target), runId, temporal },
      ...(firstRunId === runId ? {} : { firstRunId }),
      ...(cluster === undefined ? {} : { cluster }),
    };
    this.outbox = new Outbox(this.journaled, {
      owner: this.owner,
      keySuffix: this.owner.firstRunId === undefined ? '' : `@${this.owner.runId.slice(0, 8)}`,
      byBytes: this.careful,
      afterTurn: has('write-after-turn'),
      situation: () => this.outbox.add('release', recordOf(this.view())),
      note: (text) => this.note(text),
    });
  }

  /** The owner for the next activity. Each has a new epoch, which fences off the earlier ones. */
  nextOwner(): Owner {
    return { ...this.owner, epoch: (this.epoch += 1) };
  }

  /** The input of the next activity. Only after preflight. */
  nextScene(): Scene {
    const { target, strategy } = this.input.spec;
    const base = { target, strategy, plan: this.plan as ReleasePlan, owner: this.nextOwner(), step: this.stepIndex };
    return this.newHash === undefined ? base : { ...base, newHash: this.newHash };
  }

  get state(): ReleaseState {
    return this.clock.paused && !isClosed(this.phase) ? 'paused' : this.phase;
  }

  /** The present step of the plan. */
  get planned(): PlanStep | undefined {
    return this.plan?.steps[this.stepIndex];
  }

  /** Whether the present step ends only when a person promotes it. Approvals of named people stand for that. */
  get isPromotedByHand(): boolean {
    const argoGoesOn = this.planned?.watched !== undefined && this.planned.pauseIndex === undefined;
    return this.input.spec.manualPromotion && !this.promoteAll && !argoGoesOn && !approversNow(this);
  }

  get isEnding(): boolean {
    return this.ending !== undefined || isClosed(this.state);
  }

  get situation(): Situation {
    return {
      state: this.phase,
      paused: this.clock.paused,
      stopping: this.stop !== undefined || this.phase === 'aborting' || isClosed(this.phase),
      manualPromotion: this.isPromotedByHand,
      ...(this.planned?.watched ? { watches: true as const } : {}),
      step: this.stepIndex,
      steps: this.plan?.steps.length ?? 0,
      runIds: [chainOf(this.owner), ...this.earlierRuns, this.owner.runId],
      ...ballotsNow(this, Date.now()),
      ...(this.ending ? { ending: this.ending } : {}),
      ...(this.waiting ? { waiting: this.waiting } : {}),
      ...(this.verdict ? { verdict: this.verdict.outcome } : {}),
    };
  }

  /** Sets the current state, with a reason for people. */
  enter(phase: ReleaseState, reason: string, who?: string): void {
    this.phase = phase;
    this.reason = reason;
    delete this.waiting;
    if (isClosed(phase)) this.closedAt = this.lastEvent?.at ?? Date.now();
    if (this.lastEvent && isClosed(phase)) this.events.add(this.lastEvent);
    else this.note(reason, who);
    this.publish();
    if (FLUSHED.includes(phase)) this.outbox.flush();
  }

  /**
   * Writes the end of the release to the journal before any caller can read it, because such a caller may start the
   * next release at once.
   */
  async recordEnd(state: ClosedState, reason: string, who?: string): Promise<void> {
    const at = Date.now();
    this.ending = state;
    await condition(allHandlersFinished);
    this.lastEvent = { at, state, text: reason, ...(who ? { who } : {}) };
    this.outbox.add('event', this.lastEvent, at);
    const { waiting: _, ...situation } = recordOf(this.view());
    this.outbox.add('release', { ...situation, state, reason, closedAt: at }, at);
    await this.outbox.finish();
  }

  /** As `enter`, for a state in which a person is asked. */
  ask(phase: ReleaseState, reason: string, waiting: Pick<Waiting, 'for' | 'answers' | 'deadlineInMs'>): void {
    this.enter(phase, reason);
    this.waiting = { ...waiting, sinceMs: Date.now() };
    this.tell();
  }

  /** What is known of the source of the version. Only kinds of targets that have a source say it. */
  noteSource(text: string | undefined): void {
    if (text === undefined) return;
    this.source = text;
    this.note(text);
  }

  note(text: string, who?: string): void {
    const event = { at: Date.now(), state: this.phase, text, ...(who ? { who } : {}) };
    this.events.add(event);
    this.outbox.add('event', event);
  }

  pause(who: string, why?: string): void {
    this.clock.pause();
    this.note(`paused${why ? `: ${why}` : ''}`, who);
    this.tell();
  }

  resume(who: string): void {
    this.clock.resume();
    this.retries += 1;
    this.note('resumed', who);
    this.tell();
  }

  halt(stop: StopCause): void {
    this.clock.resume();
    this.stop = stop;
  }

  /**
   * Runs `work` until it ends, the release is stopped, or the deadline passes on the release's clock. Work that was
   * still running is cancelled and has ended when this returns, so the opposite action may follow at once.
   */
  async interruptible<T>(work: () => Promise<T>, deadline?: { ms: number; summary: string }): Promise<T> {
    return first(() => [work(), this.stopped(), ...(deadline ? [this.expired(deadline)] : [])]);
  }

  private async stopped(): Promise<never> {
    await condition(() => this.stop !== undefined);
    throw new ReleaseStopped(this.stop as StopCause);
  }

  private async expired(deadline: { ms: number; summary: string }): Promise<never> {
    await this.clock.sleep(deadline.ms, deadline.summary);
    throw new ReleaseStopped({ kind: 'deadline', reason: `${deadline.summary}: not within ${deadline.ms / 1000} s` });
  }

  /** Publishes the state for people: the search attribute and the current details of the run. */
  publish(): void {
    if (this.published !== this.state) upsertSearchAttributes([{ key: STATE_KEY, value: this.state }]);
    this.published = this.state;
    setCurrentDetails(describeRelease(this.view(), this.input.server));
  }

  /** Publishes the state, and writes it to the journal. */
  tell(): void {
    this.publish();
    this.outbox.flush();
  }

  private published: ReleaseState | undefined;

  view(): ReleaseView {
    return {
      id: this.owner.releaseId,
      runId: chainOf(this.owner),
      spec: this.input.spec,
      ...{ ...originIn(this.input), startedAt: this.startedAt },
      state: this.state,
      reason: this.reason,
      stepIndex: this.stepIndex,
      weightWanted: this.weightWanted,
      ...{ commands: [...this.outcomes], ...this.events.shown },
      ...(this.closedAt === undefined ? {} : { closedAt: this.closedAt }),
      ...(this.plan ? { plan: this.plan } : {}),
      ...(this.newHash === undefined ? {} : { newHash: this.newHash }),
      ...(this.source === undefined ? {} : { source: this.source }),
      ...(this.proof ? { proof: this.proof } : {}),
      ...(this.verdict ? { verdict: this.verdict } : {}),
      ...(this.waiting ? { waiting: this.waiting } : {}),
      ...(this.window ? { window: this.window } : {}),
    };
  }
}
