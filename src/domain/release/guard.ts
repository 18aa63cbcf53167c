import type { Verdict } from '../analysis/verdict.ts';
import type { CommandOutcome } from './command.ts';
import type { ReleasePlan, ReleaseSpec } from './plan.ts';
import type { Waiting } from './view.ts';
import { withWho } from '../with-who.ts';

/** The input of the guard of a target. Times are epoch ms of the cluster's clock. */
export interface GuardInput {
  readonly spec: ReleaseSpec;
  readonly plan: ReleasePlan;
  readonly newHash: string;
  readonly startedBy: string;
  /** The run that succeeded: as the owner mark names it, and as the journal and every door know it. */
  readonly releasedBy: { readonly runId: string; readonly chainId: string };
  /** When the last weight of the release was proved: what the stable Service answered until then is stable's past. */
  readonly since: number;
  /** When the new version was proved to have all traffic: what it answers from then on is judged. */
  readonly from: number;
}

/**
 * `completed`: the time is over. `kept`: the version failed, and a person keeps it. `rolling-back`: a run of the
 * release was started that makes the version before it stable again. `superseded`: a newer release or another writer
 * has the target.
 */
export const GUARD_ENDS = ['completed', 'kept', 'rolling-back', 'superseded'] as const;
export type GuardEnd = (typeof GUARD_ENDS)[number];
export type GuardState = 'guarding' | 'waiting-for-decision' | GuardEnd;

/** The commands that a guard takes; the names are those of a release. */
export const GUARD_COMMANDS = ['abort', 'resume'] as const;
export type GuardCommandName = (typeof GUARD_COMMANDS)[number];

/** One line of the guard's story. `at`: epoch ms. */
export interface GuardEvent {
  readonly at: number;
  readonly text: string;
  readonly who?: string;
}

/** The complete state of a guard, as its query returns it. Times are epoch ms. */
export interface GuardView {
  readonly id: string;
  readonly runId: string;
  /** The run of the release that succeeded, as every interface knows it. */
  readonly releaseRunId: string;
  readonly spec: ReleaseSpec;
  readonly plan: ReleasePlan;
  readonly state: GuardState;
  readonly reason: string;
  readonly startedAt: number;
  readonly until: number;
  readonly closedAt?: number;
  readonly verdict?: Verdict;
  readonly waiting?: Waiting;
  readonly commands: readonly CommandOutcome[];
  readonly events: readonly GuardEvent[];
}

/** A guard in the journal. `until`: epoch ms. */
export interface GuardRecord {
  readonly id: string;
  readonly state: GuardState;
  readonly reason: string;
  /** Who has decided how it ends. Absent: nobody. */
  readonly who?: string;
  readonly startedBy: string;
  readonly toImage: string;
  readonly fromImage: string;
  readonly until: number;
  /** False: the guard asks when the version turns bad. */
  readonly autoRollback: boolean;
  readonly verdict?: Pick<Verdict, 'outcome' | 'reason'>;
  /** The run of the release that goes back. */
  readonly rollbackRunId?: string;
}

export function isGuardEnd(state: GuardState): state is GuardEnd {
  return (GUARD_ENDS as readonly string[]).includes(state);
}

/** Markdown for the Temporal UI's "current details". */
export function describeGuard(view: GuardView): string {
  const { namespace, rollout } = view.spec.target;
  return [
    `**${view.state}**: ${view.reason}`,
    '',
    `Guard of \`${view.plan.toImage}\` on ${namespace}/${rollout} until ${new Date(view.until).toISOString()}; before it: \`${view.plan.fromImage}\``,
    ...(view.verdict ? ['', `Last verdict: **${view.verdict.outcome}** (${view.verdict.reason})`] : []),
    ...(view.waiting ? ['', `Waits for: **${view.waiting.for}** (answers: ${view.waiting.answers.join(', ')})`] : []),
    '',
    ...view.events.map(({ at, text, who }) => `* ${new Date(at).toISOString()} ${withWho(text, who)}`),
  ].join('\n');
}
