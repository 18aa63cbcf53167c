import { sendCommand } from './send-command.ts';

export const releaseResume = sendCommand({
  command: 'resume',
  title: 'Resume a paused release',
  description:
    'Lets a release that release_pause stopped go on. It does not promote a step: use release_promote for that.',
  kind: 'write',
  input: 'plain',
});
