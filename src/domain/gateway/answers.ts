import { isFields } from './message.ts';

type Fields = Readonly<Record<string, unknown>>;

const LISTS: readonly string[] = [
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'server/discover',
];

/** How long clients may keep a list while a release is running, in ms. */
export const LIST_TTL_MS = 5_000;

/** Whether an answer to `method` describes a version, so that it differs between callers during a release. */
export function describesVersion(method: string): boolean {
  return LISTS.includes(method);
}

/** The same result with a short lifetime and for one caller only. A result without a lifetime stays as it is. */
export function shortLived(result: Fields): Fields {
  if (!('ttlMs' in result) && !('cacheScope' in result)) return result;
  const ttl = typeof result['ttlMs'] === 'number' ? Math.min(result['ttlMs'], LIST_TTL_MS) : LIST_TTL_MS;
  return { ...result, ttlMs: ttl, cacheScope: 'private' };
}

/** The fields with which a caller comes back to the version that made them. */
const HANDLES = ['requestState', 'taskId'] as const;
export type HandleField = (typeof HANDLES)[number];

/** Every handle in a message of a version, wherever it stands outside of the tool's own content. */
export function handlesIn(message: unknown): readonly (readonly [HandleField, string])[] {
  if (!isFields(message)) return [];
  const places = [message['result'], message['params']].filter(isFields);
  const nested = places.flatMap((place) => [place['task'], relatedTask(place)]).filter(isFields);
  const single = [...places, ...nested].flatMap((place) =>
    HANDLES.flatMap((name) => {
      const value = place[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );
  return [...single, ...places.flatMap(subscribedTasks).map((task) => ['taskId', task] as const)];
}

/** The tasks that a subscription names, or that its acknowledgement does. `params`: those of the message. */
export function subscribedTasks(params: Fields): readonly string[] {
  const { notifications } = params;
  const tasks = isFields(notifications) ? notifications['taskIds'] : undefined;
  return Array.isArray(tasks) ? tasks.filter((task) => typeof task === 'string') : [];
}

function relatedTask(place: Fields): unknown {
  return isFields(place['_meta']) ? place['_meta']['io.modelcontextprotocol/related-task'] : undefined;
}

const ENDED = ['completed', 'failed', 'cancelled'];

/** The task that a message of a version reports on. */
export function taskIn(message: unknown): { readonly taskId: string; readonly ended: boolean } | undefined {
  if (!isFields(message)) return undefined;
  const places = [message['result'], message['params']].filter(isFields);
  for (const place of places.flatMap((found) => [found, found['task']]).filter(isFields))
    if (typeof place['taskId'] === 'string' && typeof place['status'] === 'string')
      return { taskId: place['taskId'], ended: ENDED.includes(place['status']) };
  return undefined;
}
