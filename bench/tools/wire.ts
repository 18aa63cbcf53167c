/** The answer of an MCP server to one request. */
export interface Answer {
  /** From the write of the request until the last byte of the answer, in ms. */
  readonly ms: number;
  /** Size of the JSON-RPC message. */
  readonly bytes: number;
  readonly result: Readonly<Record<string, unknown>>;
}

/** JSON-RPC to one server, one request at a time, directly over the pipe or socket. */
export interface Wire {
  request(method: string, params: object): Promise<Answer>;
  notify(method: string, params: object): Promise<void>;
  close(): Promise<void>;
}

const REVISION = '2025-06-18';

/** Initializes the connection with the protocol revision that all contenders support. */
export async function handshake(wire: Wire): Promise<Answer> {
  const answer = await wire.request('initialize', {
    protocolVersion: REVISION,
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  });
  await wire.notify('notifications/initialized', {});
  return answer;
}

export function message(method: string, params: object, id?: number): string {
  return JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params });
}

/** The answer to `id`. Undefined for any other message. Throws for an error. */
export function answerOf(text: string, id: number): Readonly<Record<string, unknown>> | undefined {
  const parsed = JSON.parse(text) as { id?: number; result?: Record<string, unknown>; error?: { message: string } };
  if (parsed.id !== id) return undefined;
  if (parsed.result) return parsed.result;
  throw new Error(`The server answered with an error: ${parsed.error?.message ?? text.slice(0, 200)}`);
}
