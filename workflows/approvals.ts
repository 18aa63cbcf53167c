import { condition } from '@temporalio/workflow';
import { standing, voteOf, type Approvers } from '../src/domain/release/approval.ts';
import type { Command, CommandOutcome } from '../src/domain/release/command.ts';
import { untilLeft } from './continuing.ts';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped } from './stopped.ts';

type Ending = Pick<CommandOutcome, 'outcome' | 'detail'>;

/** Waits until the release is approved. Throws ReleaseStopped when it is rejected, or not answered in time. */
export async function answered(run: ReleaseRun): Promise<void> {
  const { approvalMs } = run.input.spec.timeouts;
  run.ask('waiting-for-approval', waitingText(run), {
    for: 'approval',
    answers: ['approve', 'reject', 'abort'],
    deadlineInMs: approvalMs,
  });
  const given = () => condition(() => run.approval !== undefined);
  const waits = () => first(() => untilLeft<void>(run, () => ({ at: 'approval' }), [given()]));
  await run.interruptible(run.continuable ? waits : given, { ms: approvalMs, summary: 'approval' });
  const { approved, who } = run.approval as { approved: boolean; who: string };
  if (!approved) throw new ReleaseStopped({ kind: 'refused', reason: `rejected by ${who}`, who });
}

function waitingText({ input: { spec }, votes }: ReleaseRun): string {
  const { approvers } = spec;
  return approvers ? `waiting for approval: ${standing(approvers, votes)}` : 'waiting for approval';
}

/** An approval that counts. The release goes on when enough people have given theirs. */
export function vote(run: ReleaseRun, command: Command, { count }: Approvers): Ending {
  const { who, why } = command;
  run.votes = [...run.votes, voteOf(command)];
  const given = run.votes.length;
  run.note(`approved (${given} of ${count})${why ? `: ${why}` : ''}`, who);
  if (given < count) {
    run.reason = waitingText(run);
    run.publish();
    run.outbox.flush();
    return { outcome: 'accepted', detail: `recorded: ${given} of ${count} approvals` };
  }
  run.approval = { approved: true, who: run.votes.map(({ name }) => name).join(', ') };
  return { outcome: 'applied', detail: `recorded: ${given} of ${count} approvals; the release goes on` };
}

/** What people have approved is no longer what would happen. */
export function voidApprovals(run: ReleaseRun, changed: readonly string[]): void {
  const given = run.votes.map(({ name }) => name).join(', ');
  run.votes = [];
  delete run.approval;
  run.note(`the plan has changed while the release waited (${changed.join(', ')}): the approvals of ${given} are void`);
}
