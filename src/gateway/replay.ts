import { SluiceError } from '../domain/errors.ts';
import { differencesOf, type Difference } from '../domain/gateway/replay.ts';
import { listedTools, openOwnSession, type ListedTools } from './own-call.ts';
import { ask, ENVELOPE, modernHeaders, type Fields } from './own-request.ts';
import type { RecordedCall } from './recorded-calls.ts';
import type { Upstream } from './upstream.ts';

/** What came of asking both versions the same. It has no values, because those belong to users. */
export interface ReplayReport {
  /** Calls that were recorded, and how many of them both versions were asked. */
  readonly recorded: number;
  readonly compared: number;
  /** Calls that blue does not answer now, so that there is nothing to compare with. */
  readonly skipped: number;
  /** `calls`: in how many of the compared calls it was seen. */
  readonly differences: readonly (Difference & { readonly tool: string; readonly calls: number })[];
}

export interface Replayed {
  readonly calls: readonly RecordedCall[];
  readonly blue: Upstream;
  readonly green: Upstream;
  /** Paths whose values may differ. */
  readonly changing: readonly string[];
  /** Epoch ms after which no further call is replayed. */
  readonly until: number;
}

/** Longest time without an answer to one call, in ms. */
const CALL_MS = 10_000;

type Caller = (call: RecordedCall) => Promise<Fields | SluiceError>;

/**
 * Asks blue twice and the new version once for each recorded call of a tool that both say only reads. Throws
 * SluiceError if a version does not answer at all.
 */
export async function replay({ calls, blue, green, changing, until }: Replayed): Promise<ReplayReport> {
  const [before, after] = await Promise.all([listedTools(blue, {}), listedTools(green, {})]);
  const opened = await Promise.all([opening(blue), opening(green)]);
  const arms = { blue: opened[0].call, green: opened[1].call, before, after };
  const found = new Map<string, ReplayReport['differences'][number]>();
  let [compared, skipped] = [0, 0];
  try {
    for (const call of calls) {
      if (Date.now() > until) break;
      const seen = await compareOne(call, arms, changing);
      if (seen) compared += 1;
      else skipped += 1;
      note(found, call.tool, seen ?? []);
    }
  } finally {
    for (const { end } of opened) await end().catch(() => undefined);
  }
  return { recorded: calls.length, compared, skipped, differences: [...found.values()] };
}

interface Arms {
  readonly blue: Caller;
  readonly green: Caller;
  /** What blue lists, and what the new version lists. */
  readonly before: ListedTools;
  readonly after: ListedTools;
}

/** Undefined if blue gives nothing to compare with. */
async function compareOne(
  call: RecordedCall,
  { blue, green, before, after }: Arms,
  changing: readonly string[],
): Promise<readonly Difference[] | undefined> {
  if (before.get(call.tool) !== true) return undefined;
  if (after.get(call.tool) !== true) return [after.has(call.tool) ? MAY_WRITE : GONE];
  const [once, now] = await Promise.all([blue(call), green(call)]);
  const again = await blue(call);
  if (!isGood(once) || !isGood(again)) return undefined;
  return isGood(now) ? differencesOf({ blue: once, blueAgain: again, green: now }, changing) : [FAILED];
}

const FAILED: Difference = { path: '', what: 'the call fails' };
const GONE: Difference = { path: '', what: 'the tool is not offered any more' };
/** It is not called: whoever made the call did not agree to that. */
const MAY_WRITE: Difference = { path: '', what: 'the tool is no longer said to read only' };

function isGood(answer: Fields | SluiceError): answer is Fields {
  return !(answer instanceof SluiceError) && answer['isError'] !== true;
}

function note(
  found: Map<string, ReplayReport['differences'][number]>,
  tool: string,
  seen: readonly Difference[],
): void {
  for (const one of seen) {
    const key = JSON.stringify([tool, one.path, one.what]);
    found.set(key, { tool, ...one, calls: (found.get(key)?.calls ?? 0) + 1 });
  }
}

/** In a session where the version opens one, else as revision 2026-07-28 calls. */
async function opening(upstream: Upstream): Promise<{ readonly call: Caller; readonly end: () => Promise<void> }> {
  const session = await openOwnSession(upstream, {}).catch((error: unknown) => {
    if (error instanceof SluiceError && error.details['refused'] !== undefined) return undefined;
    throw error;
  });
  const request = (params: Fields): Promise<Fields> => {
    const signal = AbortSignal.timeout(CALL_MS);
    if (session) return session.request('tools/call', params, signal);
    const headers = { ...modernHeaders('tools/call'), 'mcp-name': String(params['name']) };
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
