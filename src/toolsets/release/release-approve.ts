import { sendCommand } from './send-command.ts';

export const releaseApprove = sendCommand({
  command: 'approve',
  title: 'Approve a release',
  description: 'Answers a release that waits for approval: it starts. Nothing has been changed before.',
  kind: 'write',
  input: 'plain',
});
