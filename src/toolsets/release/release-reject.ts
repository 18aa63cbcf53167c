import { sendCommand } from './send-command.ts';

export const releaseReject = sendCommand({
  command: 'reject',
  title: 'Reject a release',
  description: 'Answers a release that waits for approval: it ends, and nothing has been changed.',
  kind: 'write',
  input: 'plain',
});
