import { z } from 'zod';
import { apiVersionOf, fullName } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { ObjectPage, ObjectsIn, ObjectTable, PageEnd, PageQuery } from '../../ports/cluster-objects.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { crdMissing } from '../kubernetes/failure.ts';
import { apiPath } from '../kubernetes/kinds.ts';
import { requireNamespace } from '../kubernetes/require-namespace.ts';
import { failureFor } from './failure-for.ts';
import { kindOf } from './kind-of.ts';

const Meta = z.object({
  continue: z.string().optional(),
  remainingItemCount: z.number().optional(),
});
const List = z.object({ metadata: Meta.optional(), items: z.array(z.record(z.string(), z.unknown())).nullish() });
const Table = z.object({
  kind: z.literal('Table'),
  metadata: Meta.optional(),
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.number().optional() })),
  rows: z
    .array(
      z.object({
        cells: z.array(z.unknown()),
        object: z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) }),
      }),
    )
    .nullish(),
});

const AS_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const MAX_CELL = 200;

export async function page(client: ClusterClient, from: ObjectsIn, query: PageQuery): Promise<ObjectPage> {
  const { metadata, items } = List.parse(await list(client, from, query));
  const { kind } = from;
  const found = (items ?? []).map((item) => ({ apiVersion: apiVersionOf(kind), kind: kind.kind, ...item }));
  await requireFound(client, from, query, found.length);
  return { items: found, ...endOf(metadata) };
}

/** The columns that kubectl shows without `-o wide`, except the name, which is a field of its own. */
export async function table(client: ClusterClient, from: ObjectsIn, query: PageQuery): Promise<ObjectTable> {
  const { metadata, columnDefinitions, rows } = Table.parse(await list(client, from, query, AS_TABLE));
  await requireFound(client, from, query, rows?.length ?? 0);
  const shown = columnDefinitions.flatMap(({ name, priority = 0 }, index) =>
    priority > 0 || name.toLowerCase() === 'name' ? [] : [{ name, index }],
  );
  return {
    columns: shown.map(({ name }) => cleanText(name, 60)),
    rows: (rows ?? []).map(({ cells, object: { metadata: meta } }) => ({
      name: meta.name,
      ...(meta.namespace && { namespace: meta.namespace }),
      cells: shown.map(({ index }) => cellText(cells[index])),
    })),
    ...endOf(metadata),
  };
}

async function list(
  client: ClusterClient,
  { kind, namespace }: ObjectsIn,
  { limit, labelSelector, fieldSelector, continue: from }: PageQuery,
  accept?: string,
): Promise<unknown> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(labelSelector && { labelSelector }),
    ...(fieldSelector && { fieldSelector }),
    ...(from && { continue: from }),
  });
  const what = `list ${fullName(kind)}${namespace ? ` in ${namespace}` : ''}`;
  const path = `${apiPath(kindOf(kind), namespace)}?${query.toString()}`;
  const response = await client.request(what, { path, ...(accept && { accept }) });
  if (response.status === 404) throw crdMissing(kindOf(kind), client.cluster);
  if (response.status === 410)
    throw new SluiceError(
      'CURSOR_EXPIRED',
      'The API server no longer has the state of the list that the cursor continues.',
    );
  if (response.status >= 300) throw failureFor(response, client.cluster, what);
  return JSON.parse(response.body) as unknown;
}

/** The API server answers an empty list for a namespace that does not exist. */
async function requireFound(client: ClusterClient, { namespace }: ObjectsIn, query: PageQuery, count: number) {
  if (count === 0 && namespace !== undefined && query.continue === undefined) await requireNamespace(client, namespace);
}

function endOf(meta: z.output<typeof Meta> | undefined): PageEnd {
  return {
    ...(meta?.continue && { next: meta.continue }),
    ...(meta?.remainingItemCount !== undefined && { remaining: meta.remainingItemCount }),
  };
}

function cellText(cell: unknown): string {
  const text = typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : JSON.stringify(cell);
  return maskSecrets(cleanText(text, MAX_CELL));
}
