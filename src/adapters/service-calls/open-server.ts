import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ListedTool, ToolAnswered } from '../../domain/delivery/smoke.ts';
import type { OpenServer } from '../../ports/service-calls.ts';

const MAX_PAGES = 100;

/** Connects to an MCP server over Streamable HTTP, in the newest protocol era that it speaks, and closes afterwards. */
export async function openServer<T>(
  fetched: typeof fetch,
  url: string,
  signal: AbortSignal,
  use: (server: OpenServer) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'sluice', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch: fetched }), { signal });
    return await use({
      tools: () => toolsOf(client, signal),
      call: (tool, args) => callOf(client, tool, args, signal),
    });
  } finally {
    await client.close().catch(() => undefined);
  }
}

async function toolsOf(client: Client, signal: AbortSignal): Promise<readonly ListedTool[]> {
  const found: ListedTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor }, { signal });
    found.push(...tools.map(({ name, annotations }) => ({ name, readOnly: annotations?.readOnlyHint === true })));
    if (nextCursor === undefined) return found;
    cursor = nextCursor;
  }
  throw new Error(`tools/list has more than ${MAX_PAGES} pages`);
}

async function callOf(
  client: Client,
  name: string,
  args: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<ToolAnswered> {
  const { content, isError, structuredContent } = await client.callTool({ name, arguments: { ...args } }, { signal });
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return {
    isError: isError === true,
    text: texts.join('\n'),
    ...(structuredContent === undefined ? {} : { structured: structuredContent }),
  };
}
