import { headerText, textOfHeader } from './header-text.ts';
import { isFields, textAt, type RpcMessage } from './message.ts';

type Headers = Readonly<Record<string, string>>;

const REVISION = 'io.modelcontextprotocol/protocolVersion';
const NAME_FIELDS: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** An argument of a tool that revision 2026-07-28 repeats in a header (`x-mcp-header` in its schema). */
export interface ParamHeader {
  /** Where the argument is. */
  readonly path: readonly string[];
  /** In lower case, as in mcp-param-region. */
  readonly header: string;
}

/** The headers that the schema of a tool declares. Declarations that the revision does not allow are left out. */
export function paramHeadersOf(schema: unknown, path: readonly string[] = []): readonly ParamHeader[] {
  if (!isFields(schema)) return [];
  const { properties, type, 'x-mcp-header': name } = schema;
  const allowed = path.length > 0 && ['string', 'integer', 'boolean'].includes(String(type));
  const own =
    allowed && typeof name === 'string' && /^[\w!#$%&'*+\-.^`|~]+$/.test(name)
      ? [{ path, header: `mcp-param-${name.toLowerCase()}` }]
      : [];
  const below = isFields(properties) ? Object.entries(properties) : [];
  return [...own, ...below.flatMap(([key, child]) => paramHeadersOf(child, [...path, key]))];
}

/** The headers of revision 2026-07-28 that repeat what a request says. */
export function messageHeaders(message: RpcMessage, declared: readonly ParamHeader[]): Record<string, string> {
  const name = textAt(message.params, NAME_FIELDS[message.method ?? ''] ?? '');
  const given = declared.flatMap(({ path, header }) => {
    const value = argumentAt(message, path);
    return value === undefined ? [] : [[header, headerText(value)] as const];
  });
  return {
    'mcp-protocol-version': revisionOf(message),
    'mcp-method': message.method ?? '',
    ...(name === undefined ? {} : { 'mcp-name': headerText(name) }),
    ...Object.fromEntries(given),
  };
}

/** How the headers of a request differ from it. Undefined: they agree. Headers without a part in it are ignored. */
export function mismatchIn(
  headers: Headers,
  message: RpcMessage,
  declared: readonly ParamHeader[],
): string | undefined {
  const expected = Object.entries(messageHeaders(message, declared));
  const wrong = expected.find(([name, value]) => !agree(headers[name], value));
  if (!wrong) return undefined;
  const [name, value] = wrong;
  return headers[name] === undefined ? `the header ${name} is missing` : `the header ${name} is not ${value}`;
}

/** Numbers are compared as numbers. */
function agree(given: string | undefined, expected: string): boolean {
  const [mine, wanted] = [given === undefined ? undefined : textOfHeader(given), textOfHeader(expected)];
  if (mine === undefined || wanted === undefined || mine === wanted) return mine !== undefined && mine === wanted;
  const [left, right] = [mine, wanted].map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN));
  return left === right;
}

function revisionOf({ params }: RpcMessage): string {
  return (isFields(params['_meta']) ? textAt(params['_meta'], REVISION) : undefined) ?? '';
}

/** An argument as text. Undefined if it is absent, or has a kind that no header repeats. */
function argumentAt({ params }: RpcMessage, path: readonly string[]): string | undefined {
  let value: unknown = params['arguments'];
  for (const key of path) value = isFields(value) ? value[key] : undefined;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) || !Number.isInteger(value) ? String(value) : undefined;
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined;
}
