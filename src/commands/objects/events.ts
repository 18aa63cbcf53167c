import { z } from 'zod';
import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { recordAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { groupOf } from '../../domain/cluster-objects/object-ref.ts';
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

type AboutKind = Pick<ApiKind, 'kind' | 'group'>;

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

/**
 * Events of some namespaces, newest first. `about`: only those about an object of these kinds. A field selector names
 * no group, so it alone also selects events about a kind of the same name. `partial`: a namespace has more events than
 * were read.
 */
export async function eventsIn(
  context: CommandContext,
  cluster: string,
  places: readonly (string | undefined)[],
  fieldSelector: string | undefined,
  about?: readonly AboutKind[],
): Promise<{ readonly events: readonly SeenEvent[]; readonly partial: boolean }> {
  const kind = await kindIn(context, cluster, 'events.v1');
  const pages = await Promise.all(
    places.map(async (namespace) => {
      const page = context.ports.clusterObjects.page({ cluster, kind, namespace }, { limit: READ, fieldSelector });
      return places.length > 1 ? page.catch(ignoreFailure) : page;
    }),
  );
  return {
    events: pages
      .flatMap((page) => page?.items ?? [])
      .filter((event) => about === undefined || isAbout(event, about))
      .map(eventOf)
      .toSorted(byTime),
    partial: pages.some((page) => page === undefined || page.next !== undefined),
  };
}

/** A component may leave out the API version of the object: then its kind decides. */
function isAbout(event: ApiObject, kinds: readonly AboutKind[]): boolean {
  const about = recordAt(event, 'involvedObject');
  const isGroup = (group: string) => !textAt(about, 'apiVersion') || groupOf(about) === group;
  return kinds.some(({ kind, group }) => kind === textAt(about, 'kind') && isGroup(group));
}

export function eventLine({ at, type, reason, message, count, object }: SeenEvent): string {
  return `${at} ${type} ${reason} ${object}: ${message}${count > 1 ? ` (${count} times)` : ''}`;
}
