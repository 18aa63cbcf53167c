import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { isErrorCode, SluiceError } from '../../domain/errors.ts';
import { version } from '../../config/version.ts';

/** A connected MCP client, like that of an agent. */
export interface McpLink {
  /** The structured answer of a tool. Throws the server's error as a SluiceError. */
  call<T>(tool: string, args: Record<string, unknown>): Promise<T>;
  tools(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * Connects with the newest protocol revision that the server supports. `name` is the name in the release record.
 * `token`: the credential, if the server asks for one. `log`: the file for the server's internal messages.
 */
export async function connectMcp(
  url: string,
  name: string,
  { token, log }: { readonly token?: string; readonly log?: string } = {},
): Promise<McpLink> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client = new Client({ name, version: version() }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return {
    async call<T>(tool: string, args: Record<string, unknown>): Promise<T> {
      const { isError, structuredContent, content, _meta } = await client.callTool({ name: tool, arguments: args });
      if (isError) throw failureOf(tool, _meta?.['sluice/error'], content, log);
      return structuredContent as T;
    },
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    close: () => client.close(),
  };
}

function failureOf(
  tool: string,
  error: unknown,
  content: readonly { type: string }[],
  log: string | undefined,
): SluiceError {
  const { code, message = '', next } = (error ?? {}) as { code?: unknown; message?: string; next?: string };
  if (isErrorCode(code) && code !== 'INTERNAL')
    return new SluiceError(code, message, next === undefined ? {} : { next });
  const text = content.flatMap((part) => ('text' in part ? [String(part.text)] : [])).join(' ');
  return new SluiceError(
    'INTERNAL',
    `${tool} failed in the server: ${message || text}`,
    log === undefined ? {} : { next: `Read ${log}.` },
  );
}
