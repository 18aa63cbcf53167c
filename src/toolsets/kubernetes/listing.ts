import { fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { sizeOf } from '../../domain/cluster-objects/fitted.ts';
import { SluiceError } from '../../domain/errors.ts';
import { isAllowed } from '../../commands/access.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { PageQuery } from '../../ports/cluster-objects.ts';
import { cursorText, readCursor } from '../../commands/objects/cursor.ts';
import { readView, type ListedPage, type ListedRow, type View } from './list-views.ts';
import { isNamespace } from '../../commands/objects/located.ts';

export interface ListedObjects {
  readonly cluster: string;
  readonly kind: ApiKind;
  /** One namespace after the other. An entry without a name is the whole cluster. */
  readonly places: readonly (string | undefined)[];
  readonly view: View;
  readonly limit: number;
  readonly maxBytes: number;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly cursor?: string | undefined;
}

export interface Listing {
  readonly columns?: readonly string[];
  readonly rows: readonly ListedRow[];
  /** Absent if the API server does not count, as for a selection. */
  readonly total?: number;
  /** Absent at the end of the list. */
  readonly cursor?: string;
}

type Read = (namespace: string | undefined, part: Pick<PageQuery, 'limit' | 'continue'>) => Promise<ListedPage>;

/**
 * Objects until the limit or the size is reached. Pages come from the API server itself, so nothing is read only to be
 * skipped. Errors: INVALID_INPUT, CURSOR_EXPIRED, and those of the port.
 */
export async function listed(context: CommandContext, asked: ListedObjects): Promise<Listing> {
  const { kind, places, limit } = asked;
  const list = [asked.cluster, fullName(kind), asked.view, asked.labelSelector, asked.fieldSelector, ...places].join(
    ' ',
  );
  const read = reading(context, asked);
  let at = readCursor(asked.cursor, list);
  let bytes = asked.maxBytes;
  let columns: readonly string[] | undefined;
  let counted: number | undefined;
  const rows: ListedRow[] = [];
  while (at.place < places.length && rows.length < limit && bytes > 0) {
    const page = await fitting(read, places[at.place], { limit: limit - rows.length, continue: at.from }, bytes);
    columns ??= page.columns;
    rows.push(...page.rows);
    bytes = page.full ? 0 : bytes - sizeOf(page.rows);
    counted = page.next === undefined ? 0 : page.remaining;
    at = {
      ...at,
      seen: at.seen + page.rows.length,
      place: page.next === undefined ? at.place + 1 : at.place,
      from: page.next,
    };
  }
  const ended = at.place >= places.length;
  const total = totalOf(at.seen, ended ? 0 : counted, ended || places.length === 1);
  return {
    ...(columns ? { columns } : {}),
    rows: rows.filter(({ name }) => !isNamespace(kind) || isAllowed(name, context.settings)),
    ...(total === undefined || isHidden(context, kind) ? {} : { total }),
    ...(ended ? {} : { cursor: cursorText(at) }),
  };
}

function totalOf(seen: number, remaining: number | undefined, whole: boolean): number | undefined {
  return remaining === undefined || !whole ? undefined : seen + remaining;
}

/** The number of namespaces outside of the allow list is not shown either. */
function isHidden({ settings }: CommandContext, kind: ApiKind): boolean {
  return isNamespace(kind) && settings.allowedNamespaces.length > 0;
}

function reading({ ports }: CommandContext, { cluster, kind, places, view, ...query }: ListedObjects): Read {
  const { labelSelector, fieldSelector } = query;
  return async (namespace, part) => {
    try {
      return await readView(
        ports.clusterObjects,
        view,
        { cluster, kind, namespace },
        { labelSelector, fieldSelector, ...part },
      );
    } catch (error) {
      // An allowed namespace that does not exist counts as empty.
      if (places.length > 1 && error instanceof SluiceError && error.code === 'NAMESPACE_NOT_FOUND')
        return { rows: [] };
      throw error;
    }
  };
}

/**
 * The rows that fit into the size. If some do not, a shorter page is read, because only the API server can say where
 * the next one begins. `full`: there is no room for a further page.
 */
async function fitting(
  read: Read,
  namespace: string | undefined,
  part: Pick<PageQuery, 'limit' | 'continue'>,
  bytes: number,
): Promise<ListedPage & { readonly full: boolean }> {
  const page = await read(namespace, part);
  let rest = bytes;
  const count = page.rows.findIndex((row) => (rest -= sizeOf(row) + 1) < 0);
  if (count < 0) return { ...page, full: false };
  return { ...(await read(namespace, { ...part, limit: Math.max(1, count) })), full: true };
}
