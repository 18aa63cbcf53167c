import { z } from 'zod';
import {
  cursorField,
  DEFAULT_BYTES,
  fieldSelector,
  labelSelector,
  maxBytes,
  objectsFields,
} from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { apiVersionOf, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { tableLines } from '../../commands/table-lines.ts';
import { listed } from './listing.ts';
import { VIEWS } from './list-views.ts';
import {
  clusterOf,
  kindIn,
  requireOutsideNamespaces,
  requireScope,
  requireVerb,
} from '../../commands/objects/located.ts';

const input = z.strictObject({
  ...objectsFields,
  label_selector: labelSelector,
  field_selector: fieldSelector,
  view: z
    .enum(VIEWS)
    .optional()
    .describe('table (default): the columns of kubectl; status: status only; full: objects.'),
  limit: z.int().min(1).max(500).optional().describe('Maximum number of objects. Default 50.'),
  cursor: cursorField,
  max_bytes: maxBytes,
});
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  columns: z.array(z.string()).optional(),
  rows: z.array(z.array(z.string())).optional().describe('With view table: the cells in the order of columns.'),
  objects: z.array(z.record(z.string(), z.unknown())).optional().describe('With the other views.'),
  total: z.number().optional().describe('Absent: the API server does not count a selection.'),
  cursor: z.string().optional().describe('There are more: pass it for the next page.'),
});
type Output = z.output<typeof output>;

export const k8sList: Command<typeof input, typeof output> = {
  name: 'k8s_list',
  title: 'List objects of any kind',
  description:
    'Objects of any kind that the cluster serves, page by page, with the columns of kubectl. Narrow it with namespace, label_selector or field_selector. Secret values are masked.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind'],
  input,
  output,
  examples: [
    { title: 'Pods of a namespace', input: { kind: 'pods', namespace: 'shop' } },
    {
      title: 'Status of the Rollouts with a label',
      input: { kind: 'rollouts', namespace: 'shop', view: 'status', label_selector: 'app=web' },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { view = 'table', limit = 50, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const kind = await kindIn(context, cluster, asked.kind);
    requireVerb(kind, 'list');
    requireScope(kind, asked.namespace);
    const { columns, rows, ...rest } = await listed(context, {
      cluster,
      kind,
      places: placesOf(context, kind, asked.namespace),
      view,
      limit,
      maxBytes: asked.max_bytes ?? DEFAULT_BYTES,
      labelSelector: asked.label_selector,
      fieldSelector: asked.field_selector,
      cursor: asked.cursor,
    });
    return {
      kind: kind.kind,
      api_version: apiVersionOf(kind),
      ...(view === 'table'
        ? { columns: [...(columns ?? [])], rows: rows.map(({ cells = [] }) => [...cells]) }
        : { objects: rows.map(({ object = {} }) => object) }),
      ...rest,
    };
  },
  text: (answer) => [...lines(answer), endText(answer)].join('\n'),
};

/** If namespaces are limited, each one is listed separately, because the account may not have rights elsewhere. */
function placesOf({ settings }: CommandContext, kind: ApiKind, namespace: string | undefined) {
  if (!kind.namespaced) requireOutsideNamespaces(kind, undefined, settings);
  if (!kind.namespaced || settings.allowedNamespaces.length === 0 || namespace !== undefined) return [namespace];
  return settings.allowedNamespaces;
}

function lines({ columns = [], rows = [], objects = [] }: Output): readonly string[] {
  if (objects.length > 0) return objects.map((object) => JSON.stringify(object));
  return rows.length === 0 ? [] : tableLines(columns, rows);
}

function endText({ kind, rows = [], objects = [], total, cursor }: Output): string {
  const count = rows.length + objects.length;
  if (cursor === undefined) return count === 0 ? `No ${kind} matches.` : `${count} listed; the list ends here.`;
  return `${count} listed${total === undefined ? '' : ` of ${total}`}; there are more: repeat the call with cursor "${cursor}".`;
}
