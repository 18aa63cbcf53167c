import { condition } from '@temporalio/workflow';
import { counted, standing, type Approvers } from '../src/domain/release/approval.ts';
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
export function vote(run: ReleaseRun, command: Command, approvers: Approvers): Ending {
  const { votes, enough, given } = counted(run.votes, command, approvers);
  run.votes = votes;
  run.note(`approved (${given})${command.why ? `: ${command.why}` : ''}`, command.who);
  if (!enough) {
    run.reason = waitingText(run);
    run.tell();
    return { outcome: 'accepted', detail: `recorded: ${given} approvals` };
  }
  run.approval = { approved: true, who: votes.map(({ name }) => name).join(', ') };
  return { outcome: 'applied', detail: `recorded: ${given} approvals; the release goes on` };
}

/** What people have approved is no longer what would happen. */
export function voidApprovals(run: ReleaseRun, changed: readonly string[]): void {
  const given = run.votes.map(({ name }) => name).join(', ');
  run.votes = [];
  delete run.approval;
  run.note(`the plan has changed while the release waited (${changed.join(', ')}): the approvals of ${given} are void`);
}
