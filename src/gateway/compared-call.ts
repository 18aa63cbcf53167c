import { SluiceError } from '../domain/errors.ts';
import type { Difference } from '../domain/gateway/replay.ts';
import { openOwnSession } from './own-call.ts';
import { ask, ENVELOPE, modernHeaders, type Fields } from './own-request.ts';
import type { RecordedCall } from './recorded-calls.ts';
import type { Upstream } from './upstream.ts';

/** A difference of one tool. `calls`: in how many of the compared calls it was seen. */
export type ToolDifference = Difference & { readonly tool: string; readonly calls: number };

/** Asks a version as the gateway itself. The error is an answer too. */
export type Caller = (call: RecordedCall) => Promise<Fields | SluiceError>;

/** Longest time without an answer to one call, in ms. */
const CALL_MS = 10_000;

export const FAILED: Difference = { path: '', what: 'the call fails' };
export const GONE: Difference = { path: '', what: 'the tool is not offered any more' };
/** It is not called: whoever made the call did not agree to that. */
export const MAY_WRITE: Difference = { path: '', what: 'the tool is no longer said to read only' };

export function isGood(answer: Fields | SluiceError): answer is Fields {
  return !(answer instanceof SluiceError) && answer['isError'] !== true;
}

/** Differences by what they say, each with the number of its calls. */
export class FoundDifferences {
  readonly #found = new Map<string, ToolDifference>();

  add(tool: string, seen: readonly Difference[]): void {
    for (const one of seen) {
      const key = JSON.stringify([tool, one.path, one.what]);
      this.#found.set(key, { tool, ...one, calls: (this.#found.get(key)?.calls ?? 0) + 1 });
    }
  }

  all(): readonly ToolDifference[] {
    return [...this.#found.values()];
  }
}

/**
 * In a session where the version opens one, else as revision 2026-07-28 calls. `identity`: headers by which the version
 * may know a caller.
 */
export async function opening(
  upstream: Upstream,
  identity: Readonly<Record<string, string>> = {},
): Promise<{ readonly call: Caller; readonly end: () => Promise<void> }> {
  const session = await openOwnSession(upstream, identity).catch((error: unknown) => {
    if (error instanceof SluiceError && error.details['refused'] !== undefined) return undefined;
    throw error;
  });
  const request = (params: Fields): Promise<Fields> => {
    const signal = AbortSignal.timeout(CALL_MS);
    if (session) return session.request('tools/call', params, signal);
    const headers = { ...modernHeaders('tools/call', identity), 'mcp-name': String(params['name']) };
    return ask(upstream, 'tools/call', { ...params, _meta: ENVELOPE }, { headers, signal });
  };
  const call: Caller = ({ tool, args }) => orError(request({ name: tool, arguments: args }));
  return { call, end: async () => session?.end() };
}

/** The answer, or why there is none. */
function orError(answer: Promise<Fields>): Promise<Fields | SluiceError> {
  return answer.catch((error: unknown) => {
    if (error instanceof SluiceError) return error;
    throw error;
  });
}
