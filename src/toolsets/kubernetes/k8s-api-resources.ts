import { z } from 'zod';
import { cursorField } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { apiVersionOf, fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { cursorText, readCursor } from '../../commands/objects/cursor.ts';
import { clusterOf } from '../../commands/objects/located.ts';

const input = z.strictObject({
  cluster: placeFields.cluster,
  contains: z.string().min(1).max(100).optional().describe('Only kinds whose names or group contain this.'),
  namespaced: z.boolean().optional().describe('Only kinds with (true) or without (false) namespaces.'),
  limit: z.int().min(1).max(500).optional().describe('Maximum number. Default 60.'),
  cursor: cursorField,
});
const output = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  total: z.number(),
  cursor: z.string().optional().describe('There are more: pass it for the next page.'),
});
const COLUMNS = ['name', 'short names', 'api version', 'namespaced', 'kind', 'verbs'];

export const k8sApiResources: Command<typeof input, typeof output> = {
  name: 'k8s_api_resources',
  title: 'Kinds that the cluster serves',
  description:
    'The kinds of objects that the cluster serves, with their names, group, version and verbs, also of CRDs.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  input,
  output,
  examples: [{ title: 'Everything of Argo Rollouts', input: { contains: 'argoproj.io' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  async run(context, { contains, namespaced, limit = 60, cursor, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const found = (await context.ports.clusterObjects.kinds(cluster)).filter(
      (kind) => kind.preferred && isWanted(kind, contains, namespaced),
    );
    const at = readCursor(cursor, `kinds ${contains ?? ''} ${String(namespaced)}`);
    const rows = found.slice(at.seen, at.seen + limit);
    const seen = at.seen + rows.length;
    return {
      columns: COLUMNS,
      rows: rows.map(toRow),
      total: found.length,
      ...(seen < found.length ? { cursor: cursorText({ ...at, seen }) } : {}),
    };
  },
  text: ({ rows, total, cursor }) =>
    [
      ...rows.map((row) => row.filter(Boolean).join('  ')),
      `${rows.length} of ${total} kinds${cursor === undefined ? '.' : `; there are more: repeat the call with cursor "${cursor}".`}`,
    ].join('\n'),
};

function isWanted(kind: ApiKind, contains: string | undefined, namespaced: boolean | undefined): boolean {
  const names = [fullName(kind), kind.kind, ...kind.shortNames].map((name) => name.toLowerCase());
  const matches = contains === undefined || names.some((name) => name.includes(contains.toLowerCase()));
  return matches && (namespaced === undefined || kind.namespaced === namespaced);
}

function toRow(kind: ApiKind): string[] {
  return [
    kind.plural,
    kind.shortNames.join(','),
    apiVersionOf(kind),
    String(kind.namespaced),
    kind.kind,
    kind.verbs.join(','),
  ];
}
