import { createHash } from 'node:crypto';
import type { TaskKey } from '../../commands/command-task.ts';
import { principalOf, responsibleOf, type Caller } from '../../domain/access/caller.ts';

/** What a task id says. It holds no secret: who forges one can do with it only what the tools let them do anyway. */
export interface TaskHandle {
  /** The tool that made the task. */
  readonly tool: string;
  readonly key: TaskKey;
}

/** Longer ids were not made here. */
const MAX_LENGTH = 4_000;
const FORM = 't1.';

/** The same work of the same caller has the same id. */
export function taskId({ tool, key }: TaskHandle, caller: Caller): string {
  return FORM + Buffer.from(JSON.stringify([tool, markOf(caller), key])).toString('base64url');
}

/** Undefined for an id that was not made here, or not for this caller. */
export function openTask(id: string, caller: Caller): TaskHandle | undefined {
  if (!id.startsWith(FORM) || id.length > MAX_LENGTH) return undefined;
  try {
    const [tool, mark, key] = JSON.parse(Buffer.from(id.slice(FORM.length), 'base64url').toString('utf8')) as unknown[];
    return typeof tool === 'string' && mark === markOf(caller) && isKey(key) ? { tool, key } : undefined;
  } catch {
    return undefined;
  }
}

function isKey(value: unknown): value is TaskKey {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string')
  );
}

function markOf(caller: Caller): string {
  return createHash('sha256')
    .update(principalOf(responsibleOf(caller)))
    .digest('base64url')
    .slice(0, 16);
}
