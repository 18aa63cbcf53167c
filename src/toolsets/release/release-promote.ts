import { sendCommand } from './send-command.ts';

export const releasePromote = sendCommand({
  command: 'promote',
  title: 'Promote a release',
  description:
    'Moves a release to its next step when it waits for promotion, that is after the present step was judged good. With all: every remaining step without asking again, each still judged; needs confirm.',
  kind: 'destructive',
  input: 'promote',
  ask: (id, input) => (input.all ? `Promote every remaining step of ${id} without asking again?` : undefined),
});
