import { isFields } from './message.ts';

/** How a call ended, as it is counted. `unavailable`: the version could not be asked, or went away. */
export const OUTCOMES = ['ok', 'tool_error', 'protocol_error', 'timeout', 'unavailable', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * The outcome that the answer of a version means. `modern`: to a request of revision 2026-07-28, in which every result
 * has a `resultType`; clients refuse one without it.
 */
export function outcomeOf(answer: unknown, modern = false): Outcome {
  if (!isFields(answer) || 'error' in answer) return 'protocol_error';
  const { result } = answer;
  if (modern && !(isFields(result) && typeof result['resultType'] === 'string')) return 'protocol_error';
  return isFields(result) && result['isError'] === true ? 'tool_error' : 'ok';
}
