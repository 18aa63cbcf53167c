import { canonical } from './canonical.ts';
import { ITEM_KINDS, type ContractLock, type ItemKind, type Json, type LockItem } from './lock.ts';
import { schemaChanges } from './schema-changes.ts';
import { gainedScopes, loginDiffers } from './scope-changes.ts';

/**
 * `breaking`: callers of the former version may fail, or cannot go back to it. `security`: the new version may do or
 * say more than what callers have agreed to. `compatible`: neither.
 */
export const CHANGE_CLASSES = ['breaking', 'security', 'compatible'] as const;
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

/** One difference between the contracts of two versions, in words that a person can decide on. */
export interface ContractChange {
  readonly class: ChangeClass;
  readonly kind: ItemKind | 'server';
  /** The name of the item; empty for the server. */
  readonly name: string;
  readonly what: string;
}

/** All differences: breaking ones first, then security, then compatible ones. */
export function compareContracts(from: ContractLock, to: ContractLock): readonly ContractChange[] {
  if (from.hash === to.hash) return [];
  const changes = [...serverChanges(from, to), ...ITEM_KINDS.flatMap((kind) => itemChanges(kind, from, to))];
  return CHANGE_CLASSES.flatMap((one) => changes.filter((change) => change.class === one));
}

function serverChanges(from: ContractLock, to: ContractLock): readonly ContractChange[] {
  const lost = (what: string): ContractChange => ({ class: 'breaking', kind: 'server', name: '', what });
  const gained = (what: string): ContractChange => ({ class: 'compatible', kind: 'server', name: '', what });
  const [before, after] = [pathsOf(from.capabilities), pathsOf(to.capabilities)];
  const words = from.instructions === to.instructions ? [] : ['the instructions for agents differ'];
  return [
    ...missing(from.eras, to.eras).map((era) => lost(`it no longer speaks the protocol of ${era}`)),
    ...missing(to.eras, from.eras).map((era) => lost(gainedEra(era))),
    ...missing(before, after).map((path) => lost(`it lost the capability ${path}`)),
    ...missing(after, before).map((path) => gained(`it has the new capability ${path}`)),
    ...words.map((what): ContractChange => ({ class: 'security', kind: 'server', name: '', what })),
  ];
}

/** A client chooses the newest era of its version once, and then fails at a version without it. */
function gainedEra(era: string): string {
  return [
    `it speaks the protocol of ${era}, which the former version does not: clients that use it cannot go back,`,
    'their calls fail until they connect anew',
  ].join(' ');
}

/** `tools.listChanged`, `extensions.x/y`. A capability that is false is none. */
function pathsOf(value: Json, path = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, one]) => {
    if (one === false || one === undefined || one === null) return [];
    const here = path === '' ? key : `${path}.${key}`;
    return typeof one === 'object' && !Array.isArray(one) ? [here, ...pathsOf(one as Json, here)] : [here];
  });
}

function missing(from: readonly string[], to: readonly string[]): readonly string[] {
  return from.filter((one) => !to.includes(one));
}

function itemChanges(kind: ItemKind, from: ContractLock, to: ContractLock): readonly ContractChange[] {
  const [before, after] = [from, to].map(({ items }) => items.filter((item) => item.kind === kind));
  const was = new Map((before ?? []).map((item) => [item.name, item]));
  const is = new Map((after ?? []).map((item) => [item.name, item]));
  const fresh = (after ?? []).filter(({ name }) => !was.has(name));
  const gone = (before ?? []).filter(({ name }) => !is.has(name));
  return [
    ...gone.map((item) => goneChange(item, fresh)),
    ...fresh.map(({ name }): ContractChange => ({ class: 'compatible', kind, name, what: 'it is new' })),
    ...[...was.values()].flatMap((item) => {
      const other = is.get(item.name);
      return other && other.hash !== item.hash ? changesOf(item, other) : [];
    }),
  ];
}

/** An item that differs only in its name was renamed. */
function goneChange(item: LockItem, fresh: readonly LockItem[]): ContractChange {
  const { kind, name } = item;
  const renamed = fresh.find((one) => unnamed(one) === unnamed(item));
  return { class: 'breaking', kind, name, what: renamed ? `it is called ${renamed.name} now` : 'it is gone' };
}

function unnamed({ definition }: LockItem): string {
  const { name: _, uri: __, uriTemplate: ___, title: ____, ...rest } = definition;
  return canonical(rest);
}

function changesOf(from: LockItem, to: LockItem): readonly ContractChange[] {
  const { kind, name } = from;
  const of = (one: ChangeClass, what: string): ContractChange => ({ class: one, kind, name, what });
  if (kind === 'tool') return toolChanges(from.definition, to.definition).map(([one, what]) => of(one, what));
  if (kind === 'prompt') return promptChanges(from.definition, to.definition).map(([one, what]) => of(one, what));
  const rest = otherFields(from.definition, to.definition, []);
  return rest.map((field) => of(field === 'mimeType' ? 'breaking' : 'compatible', `its ${field} differs`));
}

type Found = readonly (readonly [ChangeClass, string])[];

function toolChanges(from: Json, to: Json): Found {
  const input = schemaChanges(schemaOf(from, 'inputSchema') ?? {}, schemaOf(to, 'inputSchema') ?? {}, 'in');
  const others = otherFields(from, to, ['inputSchema', 'outputSchema', 'annotations', 'description']);
  return [
    ...[...input, ...outputChanges(from, to)].map(
      ({ breaks, what }) => [breaks ? 'breaking' : 'compatible', what] as const,
    ),
    ...hintChanges(from, to),
    ...descriptionChange(from, to),
    ...gainedScopes(from, to).map((scope) => ['security', `it asks for the scope ${scope}`] as const),
    ...others.map((field) => [classOfField(field, from, to), `its ${field} differs`] as const),
  ];
}

function classOfField(field: string, from: Json, to: Json): ChangeClass {
  if (field === 'execution') return 'breaking';
  const told = gainedScopes(from, to).length > 0;
  return field === 'securitySchemes' && !told && loginDiffers(from, to) ? 'security' : 'compatible';
}

function outputChanges(from: Json, to: Json) {
  const [before, after] = [schemaOf(from, 'outputSchema'), schemaOf(to, 'outputSchema')];
  if (before && after) return schemaChanges(before, after, 'out');
  if (!before && !after) return [];
  return [
    before
      ? { breaks: true, what: 'its answer has no schema any more' }
      : { breaks: false, what: 'its answer has a schema now' },
  ];
}

/** The values that the protocol gives hints which are absent. */
const HINTS = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true } as const;

function hintsOf({ annotations }: Json): Readonly<Record<string, unknown>> {
  return { ...HINTS, ...(annotations as object | undefined) };
}

/** Also a hint that promises more is a change: clients ask their user less often. */
function hintChanges(from: Json, to: Json): Found {
  const [before, after] = [hintsOf(from), hintsOf(to)];
  const writes = before['readOnlyHint'] !== true && after['readOnlyHint'] !== true;
  // The protocol gives these two a meaning only for tools that write.
  const meant = Object.keys(HINTS).filter((hint) => writes || !['destructiveHint', 'idempotentHint'].includes(hint));
  const turned = meant.filter((hint) => before[hint] !== after[hint]);
  const what = turned.map((hint) => `${hint} ${String(before[hint])} became ${String(after[hint])}`).join(', ');
  return turned.length === 0 ? [] : [['security', what]];
}

/** Agents act on the description of a tool. A tool that writes can do harm with it. */
function descriptionChange(from: Json, to: Json): Found {
  if (from['description'] === to['description']) return [];
  const writes = [from, to].some((tool) => hintsOf(tool)['readOnlyHint'] !== true);
  return [[writes ? 'security' : 'compatible', `its description differs${writes ? ', and it writes' : ''}`]];
}

function promptChanges(from: Json, to: Json): Found {
  const [before, after] = [argumentsOf(from), argumentsOf(to)];
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const needs = [...after].filter(([name, required]) => required && before.get(name) !== true).map(([name]) => name);
  const optional = [...after].filter(([name, required]) => !required && !before.has(name)).map(([name]) => name);
  return [
    ...gone.map((name) => ['breaking', `argument ${name} is gone`] as const),
    ...needs.map((name) => ['breaking', `argument ${name} is required now`] as const),
    ...optional.map((name) => ['compatible', `argument ${name} is new`] as const),
    ...otherFields(from, to, ['arguments']).map((field) => ['compatible', `its ${field} differs`] as const),
  ];
}

function argumentsOf({ arguments: given }: Json): ReadonlyMap<string, boolean> {
  const list = Array.isArray(given) ? (given as readonly Json[]) : [];
  return new Map(list.map(({ name, required }) => [String(name), required === true]));
}

function schemaOf(tool: Json, key: string): Json | undefined {
  return tool[key] as Json | undefined;
}

function otherFields(from: Json, to: Json, compared: readonly string[]): readonly string[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => !compared.includes(key));
  return keys.filter((key) => canonical(from[key] ?? null) !== canonical(to[key] ?? null));
}
