import { SluiceError } from '../errors.ts';
import { exactVersionOf } from './exact-version.ts';
import type { Scope, Upstream } from './server.ts';

/** A file of MCP clients, with its entries as they are. `originals`: what a migration has replaced, by name. */
export interface ClientFile {
  readonly scope: Scope;
  readonly file: string;
  readonly text: string;
  readonly entries: Readonly<Record<string, unknown>>;
  readonly originals: Readonly<Record<string, unknown>>;
}

/** One entry of a client's file that a migration replaces, and the version that it becomes. */
export interface Move {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
  /** Absent if the server is registered already; then only its entry is replaced. */
  readonly takenIn?: { readonly version: string; readonly upstream: Upstream };
}

export interface Migration {
  readonly moves: readonly Move[];
  /** Entries that stay as they are, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** The version of an entry whose command does not say one. */
const UNNAMED = 'initial';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Fields that change how a client starts a server, and that a registered version does not have. */
const UNSUPPORTED = ['cwd', 'envFile', 'envVars', 'auth', 'oauth', 'headersHelper'];

type Entry = Readonly<Record<string, unknown>>;

/** How the new entries reach the gateway. */
export interface GatewayAddress {
  readonly url: string;
  /** The variable of the client's environment that holds the credential. Without it, the entries send none. */
  readonly variable?: string | undefined;
}

/** What a migration of a file would do. `gateway`: where it listens; without it, the entries start one. */
export function planMigration(
  { entries, originals, scope, file }: Pick<ClientFile, 'entries' | 'originals' | 'scope' | 'file'>,
  registered: readonly string[],
  gateway?: GatewayAddress,
): Migration {
  const moves: Move[] = [];
  const skipped: { name: string; reason: string }[] = [];
  // A client starts the entries of a user in any folder, and those of a project in the folder of the project.
  const env = scope === 'global' ? { SLUICE_MCP_GLOBAL_FILE: file } : undefined;
  for (const [name, entry] of Object.entries(entries)) {
    if (Object.hasOwn(originals, name)) continue;
    const found = readEntry(name, entry);
    if (typeof found === 'string') skipped.push({ name, reason: found });
    else
      moves.push({
        name,
        from: entry,
        to: gatewayEntry(name, entry as Entry, env, gateway),
        ...(registered.includes(name) ? {} : { takenIn: found }),
      });
  }
  return { moves, skipped };
}

/** What brings the originals of a file back. */
export function planUndo({ entries, originals }: Pick<ClientFile, 'entries' | 'originals'>): Migration {
  const moves = Object.entries(originals).map(([name, to]) => ({ name, from: entries[name], to }));
  return { moves, skipped: [] };
}

function gatewayEntry(
  name: string,
  { type }: Entry,
  env: Readonly<Record<string, string>> | undefined,
  gateway: GatewayAddress | undefined,
): object {
  if (gateway) {
    const headers = gateway.variable === undefined ? {} : { Authorization: `Bearer \${${gateway.variable}}` };
    return {
      ...{ type: 'http', url: `${gateway.url.replace(/\/+$/, '')}/servers/${name}/mcp` },
      ...(gateway.variable === undefined ? {} : { headers }),
    };
  }
  const start = { command: 'sluice', args: ['gateway', '--stdio', name], ...(env ? { env } : {}) };
  return type === undefined ? start : { type: 'stdio', ...start };
}

/** The version that an entry describes, or why it cannot be taken in. */
function readEntry(name: string, entry: unknown): NonNullable<Move['takenIn']> | string {
  if (!NAME.test(name)) return 'its name is not a valid name of a server';
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'it is not an object';
  const fields = entry as Entry;
  const other = UNSUPPORTED.find((field) => Object.hasOwn(fields, field));
  if (other !== undefined) return `a version cannot keep its field ${other}`;
  if (fields['command'] !== undefined) return fromCommand(fields);
  return fields['url'] === undefined ? 'it has neither command nor url' : fromUrl(fields);
}

function fromCommand({ type = 'stdio', command, args = [], env = {} }: Entry): NonNullable<Move['takenIn']> | string {
  if (type !== 'stdio') return `its type is ${String(type)}, but it has a command`;
  if (typeof command !== 'string' || command === '') return 'its command is not text';
  if (!isTexts(args)) return 'its args are not a list of texts';
  if (!isTextRecord(env)) return 'its env is not a list of names with texts';
  try {
    const version = exactVersionOf(command, args) ?? UNNAMED;
    return { version, upstream: { transport: 'stdio', command, args, env } };
  } catch (error) {
    if (error instanceof SluiceError) return `${error.message} ${error.next}`;
    throw error;
  }
}

const TYPES: Readonly<Record<string, 'sse' | 'streamable-http'>> = {
  sse: 'sse',
  http: 'streamable-http',
  'streamable-http': 'streamable-http',
  streamableHttp: 'streamable-http',
};

function fromUrl({ type, url, headers = {} }: Entry): NonNullable<Move['takenIn']> | string {
  const transport = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (transport === undefined) return 'its type is not sse or http';
  if (typeof url !== 'string' || !/^https?:\/\/[^/]/.test(url)) return 'its url is not an http address';
  if (!isTextRecord(headers)) return 'its headers are not a list of names with texts';
  return { version: UNNAMED, upstream: { transport, url, headers } };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isTexts(Object.values(value));
}
