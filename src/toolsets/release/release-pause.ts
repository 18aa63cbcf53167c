import { sendCommand } from './send-command.ts';

export const releasePause = sendCommand({
  command: 'pause',
  title: 'Pause a release',
  description:
    'Stops a running release where it is: traffic keeps its present split, the clock of the release stops, nothing advances until release_resume.',
  kind: 'write',
  input: 'step',
});
