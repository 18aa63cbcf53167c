import { plural } from '../plural.ts';
import { cleanText } from '../safe-text.ts';
import { passesHold, type QueueLeft, type QueueView, type ShownQueue } from './queue.ts';

/** What the queue does now. */
export function queueStateText(state: ShownQueue): string {
  const { waiting, hold, starting } = state;
  const [head] = waiting;
  if (!head) return 'No release waits.';
  const image = cleanText(head.input.spec.image);
  if (starting !== undefined) return `${image} is being started.`;
  const { supersede } = head;
  if (hold && !passesHold(state))
    return `The queue holds: ${cleanText(hold.reason)}. Nothing starts until somebody resumes the queue.`;
  if (supersede?.runId !== undefined && !supersede.asked)
    return `Run ${supersede.runId} is rolled back first, then ${image} starts.`;
  if (supersede)
    return `${image} starts when no release of the target runs.${hold ? ` The others wait until somebody resumes the queue: ${cleanText(hold.reason)}.` : ''}`;
  if (state.accepted !== undefined) return `${image} starts when no release of the target runs.`;
  return `${image} starts when the release before it has succeeded. After any other end the queue holds.`;
}

/** `2 releases wait`. `what`: for a count of one. */
export function waitText(count: number, what = 'release'): string {
  return `${plural(count, what)} ${count === 1 ? 'waits' : 'wait'}`;
}

/** Markdown for the Temporal UI. */
export function describeQueue(view: QueueView): string {
  const rows = view.waiting.map(
    ({ input }, index) =>
      `${index + 1}. ${cleanText(input.spec.image)}, queued by ${cleanText(input.startedBy)}, request ${input.requestId}`,
  );
  return [`${plural(view.waiting.length, 'release')} of ${view.releaseId}. ${queueStateText(view)}`, ...rows].join(
    '\n',
  );
}

/** What has become of a release that waits no longer. */
export function leftText({ image, outcome, reason }: QueueLeft): string {
  const words = { started: 'was started', refused: 'was refused', removed: 'was removed', replaced: 'was replaced' };
  return `${cleanText(image)} ${words[outcome]}: ${cleanText(reason)}.`;
}
