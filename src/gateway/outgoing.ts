import { describesVersion, handlesIn, shortLived, taskIn, type HandleField } from '../domain/gateway/answers.ts';
import { isFields } from '../domain/gateway/message.ts';
import { parseKept, parseOrNothing } from './json.ts';
import type { Sealer } from './seal.ts';

/** What rewriting an answer depends on. */
export interface Rewriting {
  readonly server: string;
  readonly version: string;
  readonly method: string;
  /** Whether the caller names handles without a session. */
  readonly modern: boolean;
  readonly divided: boolean;
  readonly principal: string;
  readonly sealer: Sealer;
}

const KINDS = { requestState: 'state', taskId: 'task' } as const satisfies Record<HandleField, string>;

/** The message for the caller: handles are sealed, and lists live shortly while callers are divided. */
export function rewritten(text: string, how: Rewriting): string {
  const sealed = how.modern && mayHold(text) ? withSealed(text, how) : text;
  return how.divided && describesVersion(how.method) ? withShortLife(sealed) : sealed;
}

/** The task that a message reports on, if any. */
export function reportedTask(text: string): ReturnType<typeof taskIn> {
  return text.includes('"taskId"') ? taskIn(parseOrNothing(text)) : undefined;
}

/** Replaces handles of the caller by those of the version. Handles contain nothing that JSON would escape. */
export function unsealed(text: string, handles: readonly (readonly [string, string])[]): string {
  return handles.reduce(
    (changed, [handle, inner]) => changed.replaceAll(JSON.stringify(handle), () => JSON.stringify(inner)),
    text,
  );
}

function mayHold(text: string): boolean {
  return text.includes('"requestState"') || text.includes('"taskId');
}

function withSealed(text: string, { server, version, principal, sealer }: Rewriting): string {
  const message = parseKept(text);
  const found = new Set(handlesIn(message).map(([field, inner]) => JSON.stringify([field, inner])));
  if (found.size === 0) return text;
  const seal = (field: string, value: unknown): unknown => {
    if (field === 'taskIds' && Array.isArray(value)) return value.map((task) => seal('taskId', task));
    return (field === 'requestState' || field === 'taskId') && found.has(JSON.stringify([field, value]))
      ? sealer.seal({ kind: KINDS[field], server, version, inner: value as string }, principal)
      : value;
  };
  return JSON.stringify(message, seal);
}

function withShortLife(text: string): string {
  const message = parseKept(text);
  if (!isFields(message) || !isFields(message['result'])) return text;
  return JSON.stringify({ ...message, result: shortLived(message['result']) });
}
