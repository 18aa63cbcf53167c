/** One message to the gateway without any client library. */
export interface Sent {
  readonly status: number;
  readonly session: string | null;
  readonly type: string | null;
  /** Every message of the answer. */
  readonly messages: readonly Rpc[];
}

export interface Rpc {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown> & { content?: { text: string }[]; isError?: boolean };
  readonly error?: { code: number; message: string; data?: { code?: string; known?: string[] } };
}

const MODERN = '2026-07-28';

const envelope = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'wire', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
};

type Headers = Record<string, string>;

export async function post(url: string, body: unknown, headers: Headers = {}, signal?: AbortSignal): Promise<Sent> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  const parts = type?.startsWith('text/event-stream')
    ? text.split('\n\n').flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? [])
    : [text].filter((part) => part.startsWith('{'));
  const messages = parts.map((part) => JSON.parse(part) as Rpc);
  return { status: response.status, session: response.headers.get('mcp-session-id'), type, messages };
}

/** A request of revision 2026-07-28. Returns the last message. */
export async function ask(
  url: string,
  method: string,
  params: object = {},
  headers: Headers = {},
  signal?: AbortSignal,
): Promise<Rpc> {
  const {
    name: tool,
    uri,
    taskId,
    _meta,
  } = params as Record<'name' | 'uri' | 'taskId', string | undefined> & { _meta?: object };
  const name = tool ?? uri ?? taskId;
  const message = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: { ..._meta, ...envelope } } };
  const named = { 'mcp-protocol-version': MODERN, 'mcp-method': method, ...(name ? { 'mcp-name': name } : {}) };
  const { messages } = await post(url, message, { ...named, ...headers }, signal);
  const last = messages.at(-1);
  if (!last) throw new Error(`no answer to ${method}`);
  return last;
}

export const call = (url: string, name: string, headers: Headers = {}, args: object = {}): Promise<Rpc> =>
  ask(url, 'tools/call', { name, arguments: args }, headers);

export const textOf = ({ result }: Rpc): string => result?.content?.[0]?.text ?? '';

/** Opens a session of 2025. Returns its headers. */
export async function session(url: string, headers: Headers = {}): Promise<Headers> {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'wire', version: '1' } };
  const opened = await post(url, { jsonrpc: '2.0', id: 0, method: 'initialize', params }, headers);
  if (opened.session === null) throw new Error(`no session: ${JSON.stringify(opened)}`);
  const mine = { ...headers, 'mcp-session-id': opened.session, 'mcp-protocol-version': '2025-06-18' };
  await post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, mine);
  return mine;
}

let last = 10;

export async function inSession(url: string, mine: Headers, name: string): Promise<Sent> {
  return post(url, { jsonrpc: '2.0', id: (last += 1), method: 'tools/call', params: { name, arguments: {} } }, mine);
}
