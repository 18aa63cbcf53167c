import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { maskedObject } from '../../domain/cluster-objects/masked-object.ts';
import type { ClusterObjectsPort, ObjectsIn, PageEnd, PageQuery } from '../../ports/cluster-objects.ts';

export const VIEWS = ['table', 'status', 'full'] as const;
export type View = (typeof VIEWS)[number];

/** One entry of a list, in the form of the chosen view. */
export interface ListedRow {
  readonly name: string;
  readonly cells?: readonly string[];
  readonly object?: ApiObject;
}

export interface ListedPage extends PageEnd {
  /** For a table only. The first one is the namespace if the rows have one. */
  readonly columns?: readonly string[];
  readonly rows: readonly ListedRow[];
}

/** No single object takes the whole answer. */
const MAX_STATUS = 1500;
const MAX_OBJECT = 4000;

export async function readView(
  port: ClusterObjectsPort,
  view: View,
  from: ObjectsIn,
  query: PageQuery,
): Promise<ListedPage> {
  if (view === 'table') return tableOf(port, from, query);
  const { items, ...end } = await port.page(from, query);
  return { ...end, rows: items.map((item) => ({ name: metaOf(item).name, object: seen(item, view) })) };
}

async function tableOf(port: ClusterObjectsPort, from: ObjectsIn, query: PageQuery): Promise<ListedPage> {
  const { columns, rows, ...end } = await port.table(from, query);
  const wide = from.kind.namespaced;
  return {
    ...end,
    columns: [...(wide ? ['Namespace'] : []), 'Name', ...columns],
    rows: rows.map(({ namespace = '', name, cells }) => ({
      name,
      cells: [...(wide ? [namespace] : []), name, ...cells],
    })),
  };
}

function seen(item: ApiObject, view: View): ApiObject {
  const { name, namespace, generation } = metaOf(item);
  if (view === 'full') return fitted(maskedObject(item), MAX_OBJECT).value;
  const status = maskedObject({ kind: item['kind'], status: item['status'] ?? {} })['status'];
  return {
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(generation === undefined ? {} : { generation }),
    status: fitted(status, MAX_STATUS).value,
  };
}
