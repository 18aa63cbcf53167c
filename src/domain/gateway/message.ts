type Fields = Readonly<Record<string, unknown>>;

export type RpcId = string | number;

/** What the gateway reads of a JSON-RPC message. Everything else passes through unread. */
export interface RpcMessage {
  readonly kind: 'request' | 'notification' | 'response' | 'batch';
  readonly id?: RpcId;
  readonly method?: string;
  readonly params: Fields;
  /** Whether the message names its protocol revision itself, as revisions from 2026-07-28 do. */
  readonly modern: boolean;
  /** The parsed message. */
  readonly fields: Fields;
}

const REVISION = 'io.modelcontextprotocol/protocolVersion';

/** Returns undefined for what is not a JSON-RPC message. */
export function readMessage(value: unknown): RpcMessage | undefined {
  if (Array.isArray(value)) return { kind: 'batch', params: {}, modern: false, fields: {} };
  if (!isFields(value)) return undefined;
  const params = isFields(value['params']) ? value['params'] : {};
  const id = isId(value['id']) ? { id: value['id'] } : {};
  const common = { ...id, params, modern: isModern(params), fields: value };
  if (typeof value['method'] === 'string')
    return { kind: 'id' in id ? 'request' : 'notification', method: value['method'], ...common };
  return 'result' in value || 'error' in value ? { kind: 'response', ...common } : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a field, if it is one. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

/** The token under which the caller expects progress of a request. */
export function progressToken(params: Fields): RpcId | undefined {
  const token = isFields(params['_meta']) ? params['_meta']['progressToken'] : undefined;
  return isId(token) ? token : undefined;
}

function isId(value: unknown): value is RpcId {
  return typeof value === 'string' || typeof value === 'number';
}

function isModern(params: Fields): boolean {
  return isFields(params['_meta']) && typeof params['_meta'][REVISION] === 'string';
}
