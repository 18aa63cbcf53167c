import { plural } from '../../domain/plural.ts';
import { z } from 'zod';
import { cursorField, DEFAULT_BYTES, kindName, maxBytes, objectsFields } from '../../contract/cluster-object.ts';
import { toDuration } from '../../domain/duration-text.ts';
import { parse } from '../../contract/parse.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { sizeOf } from '../../domain/cluster-objects/fitted.ts';
import { shortRevision } from '../../domain/flux/commit.ts';
import { fluxState, type FluxState } from '../../domain/flux/flux-state.ts';
import { suspensionOf } from '../../domain/flux/suspension.ts';
import type { Command } from '../../commands/command.ts';
import { cursorText, readCursor } from '../../commands/objects/cursor.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { fluxObjects } from './read-objects.ts';
import { forgottenIn, suspensionRow, suspensionText } from './suspension-row.ts';

const STATES = ['all', 'failing', 'suspended'] as const;
const input = z.strictObject({
  cluster: objectsFields.cluster,
  namespace: objectsFields.namespace,
  kind: kindName.optional().describe('Only this kind, as in Kustomization.'),
  state: z.enum(STATES).optional().describe('failing: not ready or in progress. Default all.'),
  limit: z.int().min(1).max(500).optional().describe('Maximum number of objects. Default 50.'),
  cursor: cursorField,
  max_bytes: maxBytes,
});
const output = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  total: z.number().describe('How many match.'),
  counts: z.record(z.string(), z.number()).describe('Number of objects in each state, whatever `state` asks for.'),
  forgotten: z.array(suspensionRow).describe('Suspensions that have expired, or that nobody has ended for a week.'),
  forgotten_total: z.number(),
  not_read: z.array(z.string()),
  cursor: z.string().optional().describe('There are more: pass it for the next page.'),
});
const COLUMNS = ['kind', 'namespace', 'name', 'state', 'revision', 'age', 'message'];
const MAX_MESSAGE = 160;
const MAX_FORGOTTEN = 5;

export const fluxList: Command<typeof input, typeof output> = {
  name: 'flux_list',
  title: 'List the objects of Flux',
  description:
    'Objects of every kind of Flux that the cluster serves, with state, revision and the age of the revision, page by page. Forgotten suspensions are listed apart.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  input,
  output,
  examples: [
    { title: 'What is failing', input: { namespace: 'shop', state: 'failing' } },
    { title: 'Kustomizations of a namespace', input: { namespace: 'shop', kind: 'kustomizations' } },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { state = 'all', limit = 50, max_bytes: max = DEFAULT_BYTES, cursor, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const { objects, notRead } = await fluxObjects(context, { ...asked, cluster });
    const now = context.ports.now();
    const all = objects.map((object): Known => ({ object, state: fluxState(object) }));
    const found = all.filter((one) => isWanted(one, state));
    const at = readCursor(cursor, ['flux', cluster, asked.namespace, asked.kind, state].join(' '));
    const forgotten = forgottenIn(objects, now);
    const shown = forgotten.slice(0, MAX_FORGOTTEN);
    const rows = fitting(found.slice(at.seen, at.seen + limit), now, max - sizeOf(shown));
    const seen = at.seen + rows.length;
    return {
      columns: COLUMNS,
      rows: rows.map((row) => [...row]),
      total: found.length,
      counts: countsOf(all),
      forgotten: shown.map((one) => ({ ...one })),
      forgotten_total: forgotten.length,
      not_read: [...notRead],
      ...(seen < found.length ? { cursor: cursorText({ ...at, seen }) } : {}),
    };
  },
  text: ({ rows, total, counts, forgotten, forgotten_total: all, not_read: notRead, cursor }) =>
    [
      ...rows.map((row) => row.filter(Boolean).join('  ')),
      `${rows.length} of ${plural(total, 'object')} that match${cursor === undefined ? '.' : `; there are more: repeat the call with cursor "${cursor}".`}`,
      countsText(counts),
      ...forgotten.map(({ object, ...one }) => `${object}: ${suspensionText(one)}`),
      ...(all > forgotten.length ? [`${all - forgotten.length} further forgotten suspensions.`] : []),
      ...notRead.map((one) => `Not read: ${one}`),
    ].join('\n'),
};

interface Known {
  readonly object: ApiObject;
  readonly state: FluxState;
}

function isWanted({ state: { readiness } }: Known, state: (typeof STATES)[number]): boolean {
  if (state === 'failing') return readiness === 'not ready' || readiness === 'in progress';
  return state === 'all' || readiness === 'suspended';
}

function countsOf(all: readonly Known[]): Record<string, number> {
  const groups = Map.groupBy(all, ({ state }) => state.readiness);
  return Object.fromEntries([...groups].map(([state, those]) => [state, those.length]));
}

/** The objects of all states, of which a list with `state` shows a part. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const states = Object.entries(counts).map(([state, count]) => `${count} ${STATE_WORDS[state] ?? state}`);
  const sum = Object.values(counts).reduce((all, count) => all + count, 0);
  return sum === 0 ? 'No object of Flux was found.' : `Of ${plural(sum, 'object')} of Flux: ${states.join(', ')}.`;
}

const STATE_WORDS: Readonly<Record<string, string>> = { none: 'without a state' };

/** The first rows that fit into the size. At least one, so that a list ends. */
function fitting(found: readonly Known[], now: number, max: number): readonly (readonly string[])[] {
  const rows = found.map((one) => rowOf(one, now));
  let rest = max;
  const end = rows.findIndex((row) => (rest -= sizeOf(row) + 1) < 0);
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
}

function rowOf({ object, state }: Known, now: number): readonly string[] {
  const { namespace = '', name } = metaOf(object);
  const { readiness, revision = '', revisionAt, reason = '', message = '' } = state;
  const at = revisionAt === undefined ? Number.NaN : Date.parse(revisionAt);
  const suspension = suspensionOf(object, now);
  const said = suspension ? suspensionText(suspension) : readiness === 'ready' ? '' : `${reason}: ${message}`;
  return [
    String(object['kind']),
    namespace,
    name,
    readiness,
    shortRevision(revision),
    Number.isNaN(at) ? '' : toDuration(Math.max(0, now - at)),
    readiness === 'none' ? '' : cut(said),
  ];
}

const cut = (text: string): string => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text);
