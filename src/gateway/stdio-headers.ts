import { textAt, type RpcMessage } from '../domain/gateway/message.ts';

const NAME_FIELDS: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** The headers that a version behind HTTP expects. */
export function headersOf(message: RpcMessage | undefined, revision: string | undefined): Record<string, string> {
  const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  if (!message?.modern)
    return revision === undefined || message?.method === 'initialize'
      ? common
      : { ...common, 'mcp-protocol-version': revision };
  const meta = message.params['_meta'] as Record<string, unknown>;
  const name = textAt(message.params, NAME_FIELDS[message.method ?? ''] ?? '');
  return {
    ...common,
    'mcp-protocol-version': textAt(meta, 'io.modelcontextprotocol/protocolVersion') ?? '',
    'mcp-method': message.method ?? '',
    ...(name === undefined ? {} : { 'mcp-name': headerText(name) }),
  };
}

/** Text that a header cannot hold is written as Base64, in the form of revision 2026-07-28. */
function headerText(text: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
