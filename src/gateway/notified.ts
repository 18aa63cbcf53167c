import { describesVersion } from '../domain/gateway/answers.ts';
import type { Open } from './open-requests.ts';
import { OWN } from './upstream.ts';

const SUBSCRIPTION = 'subscriptions/listen';

/**
 * Whose request gets a notification that names none, on a wire that all callers share. Only if no other caller can be
 * meant: all requests are of one caller, or one alone is open. A log message belongs to a request, and to no
 * subscription.
 */
export function readerOf(method: string | undefined, open: readonly Open[]): Open | undefined {
  const asked = open.filter((one) => one.caller !== OWN || !describesVersion(one.method ?? ''));
  const calls = asked.filter((one) => one.method !== SUBSCRIPTION);
  const [first] = asked;
  if (first?.caller !== undefined && asked.every(({ caller }) => caller === first.caller))
    return calls.at(-1) ?? asked.at(-1);
  const possible = method === 'notifications/message' ? calls : asked;
  return possible.length === 1 ? possible[0] : undefined;
}
