import { condition } from '@temporalio/workflow';
import { counted, standing } from '../src/domain/release/approval.ts';
import type { Command, CommandOutcome } from '../src/domain/release/command.ts';
import {
  approversNow,
  approversOfEmergency,
  votesForCommand,
  votesForStep,
  type EmergencyVotes,
  type PhaseApprovers,
} from '../src/domain/release/phase-approvals.ts';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped } from './stopped.ts';

type Ending = Pick<CommandOutcome, 'outcome' | 'detail'>;

/**
 * Whether named people have to approve before the present step is left. A release without them must not wait here, not
 * even for nothing: that would change the order in which older histories act.
 */
export const needsApproval = (run: ReleaseRun): boolean => approversNow(run) !== undefined;

/**
 * Waits until named people let the release leave a step that has passed. The caller guards the weight all the time.
 * Throws ReleaseStopped without an answer in time. Nobody is asked again about a step that is approved.
 */
export async function stepApproved(run: ReleaseRun, index: number): Promise<void> {
  const approvers = approversNow(run);
  if (!approvers || isApproved(run, index)) return;
  await run.clock.running();
  const { approvalMs } = run.input.spec.timeouts;
  run.ask('waiting-for-decision', waitingText(run, approvers), {
    for: 'step-approval',
    answers: ['approve', 'reject', 'abort', 'pause'],
    deadlineInMs: approvalMs,
  });
  await first(() => [condition(() => isApproved(run, index)), unanswered(run, approvalMs)]);
  await run.clock.running();
}

const isApproved = ({ stepVotes }: ReleaseRun, index: number): boolean =>
  stepVotes?.index === index && stepVotes.approved;

function waitingText(run: ReleaseRun, approvers: PhaseApprovers): string {
  const what = approvers.phase === 'promotion' ? 'the promotion' : `leaving weight ${run.weightWanted}`;
  const votes = votesForStep(run);
  return `${run.verdict?.reason}; waiting for the approval of ${what}: ${standing(approvers, votes)}`;
}

async function unanswered(run: ReleaseRun, approvalMs: number): Promise<never> {
  await run.clock.sleep(approvalMs, 'approval of the step');
  throw new ReleaseStopped({ kind: 'deadline', reason: `not approved within ${approvalMs / 1000} s` });
}

/** Counts an approval of the step that waits for it. Undefined: it was the last, and the step may be left. */
export function voteForStep(run: ReleaseRun, command: Command): Ending | undefined {
  const approvers = approversNow(run) as PhaseApprovers;
  const index = run.stepIndex;
  const { votes, enough, given } = counted(votesForStep(run), command, approvers);
  run.stepVotes = { index, votes, approved: enough };
  run.note(`step ${index + 1} approved (${given})${command.why ? `: ${command.why}` : ''}`, command.who);
  run.reason = waitingText(run, approvers);
  if (!enough) {
    run.tell();
    return { outcome: 'accepted', detail: `recorded: ${given} approvals` };
  }
  // A release that is paused goes on later, and asks nobody meanwhile.
  delete run.waiting;
  run.publish();
  return undefined;
}

/** The weight was changed by somebody else, so what people have approved is not what they saw. */
export function voidStepVotes(run: ReleaseRun, why: string): void {
  const given = votesForStep(run);
  delete run.stepVotes;
  if (given.length > 0) run.note(`${why}: the approvals of ${given.map(({ name }) => name).join(', ')} are void`);
}

/**
 * Counts the sender's agreement with a command that goes past a safeguard. Undefined: enough people agree, and the
 * command is carried out.
 */
export function agreed(run: ReleaseRun, name: EmergencyVotes['command'], command: Command): Ending | undefined {
  const approvers = approversOfEmergency(run.input.spec.approvals);
  if (!approvers) return undefined;
  const before = votesForCommand(run, name, Date.now());
  const { votes, enough, given } = counted(before?.votes ?? [], command, approvers);
  run.note(`${name} agreed to (${given}): ${command.why}`, command.who);
  if (enough) {
    delete run.emergencyVotes;
    return undefined;
  }
  run.emergencyVotes = { command: name, index: run.stepIndex, at: before?.at ?? Date.now(), votes };
  run.tell();
  const detail = `recorded: ${given} people; it acts when the others have sent the same command. ${standing(approvers, votes)}`;
  return { outcome: 'accepted', detail };
}
