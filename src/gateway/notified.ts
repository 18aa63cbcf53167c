import { describesVersion } from '../domain/gateway/answers.ts';
import type { RpcMessage } from '../domain/gateway/message.ts';
import { isLoggedTo } from './log-level.ts';
import type { Open } from './open-requests.ts';
import { OWN } from './upstream.ts';

const SUBSCRIPTION = 'subscriptions/listen';
const LOG = 'notifications/message';

/**
 * Whose request gets a notification that names none, on a wire that all callers share. Only if no other caller can be
 * meant: all requests are of one caller, or one alone is open. A log message belongs to a request, and to no
 * subscription. Revision 2026-07-28 allows it only for a request that asks for messages of its level, so of several
 * requests it belongs to the one that does.
 */
export function readerOf(
  method: string | undefined,
  params: RpcMessage['params'],
  open: readonly Open[],
): Open | undefined {
  const asked = open.filter((one) => one.caller !== OWN || !describesVersion(one.method ?? ''));
  const calls = asked.filter((one) => one.method !== SUBSCRIPTION);
  const [first] = asked;
  if (first?.caller !== undefined && asked.every(({ caller }) => caller === first.caller))
    return calls.at(-1) ?? asked.at(-1);
  const possible = method === LOG ? loggedTo(calls, params['level']) : asked;
  return possible.length === 1 ? possible[0] : undefined;
}

/** Servers of no such discipline write to whoever is there. */
function loggedTo(calls: readonly Open[], level: unknown): readonly Open[] {
  if (calls.every(({ logLevel }) => logLevel === undefined)) return calls;
  return calls.filter(({ logLevel }) => isLoggedTo(logLevel, level));
}
