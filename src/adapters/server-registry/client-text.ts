import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { SluiceError } from '../../domain/errors.ts';
import { sourceOf, withSource, withValue } from './json-edit.ts';

/** The key under which a wrapped file has its servers. */
const WRAPPER = 'mcpServers';
const HISTORY = 'mcpVersionHistory';
const BOM = '\ufeff';

/**
 * A configuration file of MCP clients: JSON, also with comments and trailing commas. `wrapped`: the servers are under
 * `mcpServers`. Otherwise the file is bare: each of its keys is a server.
 */
export interface ClientText {
  readonly text: string;
  readonly wrapped: boolean;
  /** The entries of the servers as they are in the file. */
  readonly entries: Readonly<Record<string, unknown>>;
}

/**
 * A file with the wrapper is wrapped. Without it, a `.mcprc` (`mcprc`) is bare; another file is bare if all its values
 * look like servers. Errors: SERVER_FILE_INVALID with the line.
 */
export function parseClientText(file: string, text: string, mcprc: boolean): ClientText {
  const root = treeOf(file, text);
  requireOnce(file, text, root);
  const values = valueOf(root);
  const [wrapper, history] = [WRAPPER, HISTORY].map((key) => findNodeAtLocation(root, [key]));
  for (const node of [wrapper, history].filter((one) => one !== undefined)) {
    requireObject(file, text, node);
    requireOnce(file, text, node);
  }
  const wrapped = wrapper !== undefined || !(mcprc || areServers(Object.values(values)));
  return { text, wrapped, entries: wrapped ? (wrapper ? valueOf(wrapper) : {}) : values };
}

function areServers(values: readonly unknown[]): boolean {
  const isServer = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && ('command' in value || 'url' in value);
  return values.length > 0 && values.every(isServer);
}

/** The text with `mcpVersionHistory` of one server. A bare file stays as it is: each of its keys would be a server. */
export function withHistory(client: ClientText, name: string, history: object): string {
  return client.wrapped ? withValue(withWrapper(client), [HISTORY, name], history) : client.text;
}

/** The text with one server's entry set, or removed if it is undefined. */
export function withEntry(client: ClientText, name: string, entry: unknown): string {
  if (entry === undefined && client.entries[name] === undefined) return client.text;
  return client.wrapped
    ? withValue(withWrapper(client), [WRAPPER, name], entry)
    : withValue(client.text, [name], entry);
}

/** The text of one server's entry as it stands in the file. Undefined if there is none. */
export function entrySource({ text, wrapped }: ClientText, name: string): string | undefined {
  return sourceOf(text, wrapped ? [WRAPPER, name] : [name]);
}

/** The text with one server's entry as it stood in the file before. */
export function withEntrySource({ text, wrapped }: ClientText, name: string, source: string): string {
  return withSource(text, wrapped ? [WRAPPER, name] : [name], source);
}

/** Without the wrapper, a later reader could take the file for a bare one. */
function withWrapper({ text }: ClientText): string {
  const root = parseTree(text.replace(BOM, ' '), [], { allowTrailingComma: true });
  return root && findNodeAtLocation(root, [WRAPPER]) ? text : withValue(text, [WRAPPER], {});
}

function treeOf(file: string, text: string): Node {
  const errors: ParseError[] = [];
  const bare = text.startsWith(BOM) ? ` ${text.slice(BOM.length)}` : text;
  const root = parseTree(bare.trim() === '' ? '{}' : bare, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) throw invalid(file, text, first.offset, printParseErrorCode(first.error));
  if (!root) throw invalid(file, text, 0, 'EndOfFileExpected');
  requireObject(file, text, root);
  return root;
}

function requireObject(file: string, text: string, node: Node): void {
  if (node.type !== 'object') throw invalid(file, text, node.offset, `an object is expected, not ${node.type}`);
}

/** Readers differ in which of two equal keys counts. */
function requireOnce(file: string, text: string, node: Node): void {
  const keys = keysOf(node);
  const twice = keys.find((key, index) => keys.findIndex(({ value }) => value === key.value) < index);
  if (twice) throw invalid(file, text, twice.offset, `the key "${twice.value}" is there twice`);
}

function keysOf({ children = [] }: Node): readonly { readonly value: string; readonly offset: number }[] {
  return children.flatMap(({ children: [key] = [] }) =>
    key ? [{ value: String(key.value), offset: key.offset }] : [],
  );
}

function valueOf(node: Node): Readonly<Record<string, unknown>> {
  return getNodeValue(node) as Record<string, unknown>;
}

function invalid(file: string, text: string, offset: number, what: string): SluiceError {
  const line = text.slice(0, offset).split('\n').length;
  return new SluiceError('SERVER_FILE_INVALID', `${file}, line ${line}: ${what}.`, { details: { file, line } });
}
