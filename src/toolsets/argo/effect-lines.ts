import { outcomeText, type Outcome } from '../../commands/effect-text.ts';

interface Snapshot {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly message: string;
}

interface Answer extends Outcome {
  readonly before?: Snapshot | undefined;
  readonly after?: Snapshot | undefined;
  readonly next?: string | undefined;
}

/** The result of a write to a Rollout, as text. */
export function effectLines(answer: Answer): string[] {
  const { before, after, next } = answer;
  const object = after ?? before;
  const state = after
    ? [`${after.namespace}/${after.name} is now ${after.phase}${after.message ? `: ${after.message}` : ''}`]
    : object
      ? [`${object.namespace}/${object.name}`]
      : [];
  return [outcomeText(answer), ...state, ...(next ? [next] : [])];
}
