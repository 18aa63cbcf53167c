import { sendCommand } from './send-command.ts';

export const releaseAbort = sendCommand({
  command: 'abort',
  title: 'Abort a release',
  description:
    'Ends a release and puts all traffic back on the stable version; the rollback is proved. Needs confirm. Refused once the new version is the stable one.',
  kind: 'destructive',
  input: 'confirmed',
  ask: (id) => `Abort ${id} and put all traffic back on the stable version?`,
});
