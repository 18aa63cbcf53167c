import { messageHeaders } from '../domain/gateway/message-headers.ts';
import type { RpcMessage } from '../domain/gateway/message.ts';

/** The headers that a version behind HTTP expects. */
export function headersOf(message: RpcMessage | undefined, revision: string | undefined): Record<string, string> {
  const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  if (message?.modern) return { ...common, ...messageHeaders(message, []) };
  return revision === undefined || message?.method === 'initialize'
    ? common
    : { ...common, 'mcp-protocol-version': revision };
}
