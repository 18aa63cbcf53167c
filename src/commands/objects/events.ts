import { z } from 'zod';
import { byTime, eventOf, type SeenEvent } from '../../domain/cluster-objects/object-event.ts';
import { ignoreFailure } from '../../domain/errors.ts';
import type { CommandContext } from '../command.ts';
import { kindIn } from './located.ts';

export const eventRow = z.strictObject({
  at: z.string(),
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  object: z.string(),
  who: z.string(),
});

/** The API server does not sort events, so this many are read to find the newest. */
const READ = 500;

export interface AskedEvents {
  /** Kind and name of the object that they are about. */
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
}

/** The field selector of the events that are asked for. Undefined: of every event. */
export function eventSelector({ kind, name, type }: AskedEvents): string | undefined {
  const chosen = { 'involvedObject.kind': kind, 'involvedObject.name': name, type };
  const parts = Object.entries(chosen).flatMap(([field, value]) => (value === undefined ? [] : [`${field}=${value}`]));
  return parts.join(',') || undefined;
}

/** Events of some namespaces, newest first. `partial`: a namespace has more events than were read. */
export async function eventsIn(
  context: CommandContext,
  cluster: string,
  places: readonly (string | undefined)[],
  fieldSelector: string | undefined,
): Promise<{ readonly events: readonly SeenEvent[]; readonly partial: boolean }> {
  const kind = await kindIn(context, cluster, 'events.v1');
  const pages = await Promise.all(
    places.map(async (namespace) => {
      const page = context.ports.clusterObjects.page({ cluster, kind, namespace }, { limit: READ, fieldSelector });
      return places.length > 1 ? page.catch(ignoreFailure) : page;
    }),
  );
  return {
    events: pages.flatMap((page) => page?.items.map(eventOf) ?? []).toSorted(byTime),
    partial: pages.some((page) => page === undefined || page.next !== undefined),
  };
}

export function eventLine({ at, type, reason, message, count, object }: SeenEvent): string {
  return `${at} ${type} ${reason} ${object}: ${message}${count > 1 ? ` (${count} times)` : ''}`;
}
