import { isFields } from './message.ts';

/** How a call ended, as it is counted. `unavailable`: the version could not be asked, or went away. */
export const OUTCOMES = ['ok', 'tool_error', 'protocol_error', 'timeout', 'unavailable', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The outcome that the answer of a version means. */
export function outcomeOf(answer: unknown): Outcome {
  if (!isFields(answer)) return 'protocol_error';
  if ('error' in answer) return 'protocol_error';
  return isFields(answer['result']) && answer['result']['isError'] === true ? 'tool_error' : 'ok';
}
