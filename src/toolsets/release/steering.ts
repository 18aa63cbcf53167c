import type { Command } from '../../commands/command.ts';
import { sendCommand, type Send } from './send-command.ts';
import type { Asked } from './state-to-ask.ts';

const STEERING: readonly Send[] = [
  {
    command: 'pause',
    title: 'Pause a release',
    description:
      'Stops a running release where it is: the split of the traffic stays, and nothing advances until release_resume.',
    kind: 'write',
    input: 'step',
  },
  {
    command: 'resume',
    title: 'Resume a paused release',
    description:
      'Lets a release that release_pause stopped go on. It does not promote a step: use release_promote for that.',
    kind: 'write',
    input: 'plain',
  },
  {
    command: 'promote',
    title: 'Promote a release',
    description:
      'Moves a release that waits for promotion, as its step was judged good, to the next step. With all: every remaining step, each still judged; needs confirm.',
    kind: 'destructive',
    input: 'promote',
    ask: (about, input) =>
      input.all ? `Promote every remaining step of ${named(about)} without asking again?` : undefined,
  },
  {
    command: 'abort',
    title: 'Abort a release',
    description:
      'Ends a release and puts all traffic back on the stable version; the rollback is proved. Needs confirm. Refused once the new version is the stable one.',
    kind: 'destructive',
    input: 'confirmed',
    ask: (about) =>
      `Abort ${named(about)} and put all traffic back on ${about.view?.plan?.fromImage ?? 'the stable version'}?`,
  },
  {
    command: 'skip-analysis',
    needs: 'approve',
    title: 'Skip the analysis of a step',
    description:
      'Lets the present step pass without its judgement. Needs a reason and confirm; both are kept in the record. Later steps are judged as usual.',
    kind: 'destructive',
    input: 'reasoned',
    ask: (about) => `Let the present step of ${named(about)} pass without judging it?`,
  },
  {
    command: 'approve',
    needs: 'approve',
    title: 'Approve a release',
    description: 'Answers a release that waits for approval: it goes on.',
    kind: 'write',
    input: 'step',
  },
  {
    command: 'reject',
    needs: 'approve',
    title: 'Reject a release',
    description: 'Answers a release that waits for approval: it ends, and all traffic goes back.',
    kind: 'write',
    input: 'step',
  },
];

/** The id of a release, with its image and its step as far as they are known. */
function named({ id, view }: Asked): string {
  if (!view) return id;
  const { plan, stepIndex, spec } = view;
  const step = view.closedAt === undefined ? plan?.steps[stepIndex] : undefined;
  return `${id} (${spec.image}${step ? `, step ${stepIndex + 1} of ${plan?.steps.length}: ${step.weight} %` : ''})`;
}

/** The commands that steer a running release, one tool each. */
export const steering: readonly Command[] = STEERING.map(sendCommand);
