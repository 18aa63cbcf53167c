import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransport1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as StreamableHTTPClientTransport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

/** The clients in use: 2.x with 2026-07-28, and 1.x with 2025. */
export const ERAS = ['2026 client', '2025 client'] as const;
export type Era = (typeof ERAS)[number];

export interface ToolAnswer {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly _meta?: Record<string, unknown>;
}

export interface TestClient {
  listTools(): Promise<{
    tools: { name: string; annotations?: Record<string, unknown>; inputSchema: unknown; outputSchema?: unknown }[];
  }>;
  callTool(name: string, args: Record<string, unknown>, onProgress?: (message: string) => void): Promise<ToolAnswer>;
  listResources(cursor?: string): Promise<{
    resources: { uri: string; name: string; description?: string; mimeType?: string }[];
    nextCursor?: string;
    _meta?: Record<string, unknown>;
  }>;
  listTemplates(): Promise<string[]>;
  /** The text of a resource. */
  read(uri: string): Promise<string>;
  complete(
    ref: CompletionRef,
    argument: { name: string; value: string },
    given?: Record<string, string>,
  ): Promise<string[]>;
  prompts(): Promise<{ name: string; description?: string; arguments?: { name: string; required?: boolean }[] }[]>;
  prompt(name: string, args: Record<string, string>): Promise<string>;
  /**
   * Calls `onUpdate` for changes of a resource until `end` is called. `agreed`: whether the server accepted the
   * subscription.
   */
  watch(uri: string, onUpdate: (uri: string) => void): Promise<{ readonly agreed: boolean; end(): Promise<void> }>;
  instructions(): string | undefined;
  close(): Promise<void>;
}

export type CompletionRef =
  | { readonly type: 'ref/resource'; readonly uri: string }
  | { readonly type: 'ref/prompt'; readonly name: string };

export interface ClientOptions {
  readonly name?: string;
  /** The user's answer to every question. If absent, the client cannot ask. */
  readonly answer?: boolean | (() => boolean);
  /** Gets the names of the tools whenever the server says that its list has changed. */
  readonly onTools?: (names: readonly string[]) => void;
}

type Where =
  | { readonly url: string; readonly headers?: Record<string, string> }
  | { readonly command: string; readonly args: string[]; readonly cwd?: string; readonly env?: Record<string, string> };

function withHeaders({ headers }: { readonly headers?: Record<string, string> }) {
  return headers ? { requestInit: { headers } } : {};
}

export function connect(era: Era, where: Where, options: ClientOptions = {}): Promise<TestClient> {
  return era === '2026 client' ? connect2(where, options) : connect1(where, options);
}

function listChanged(onTools: ClientOptions['onTools']) {
  if (!onTools) return {};
  const onChanged = (_error: Error | null, tools: readonly { name: string }[] | null) =>
    onTools((tools ?? []).map(({ name }) => name));
  return { listChanged: { tools: { onChanged } } };
}

async function connect2(where: Where, { name = 'test-agent', answer, onTools }: ClientOptions): Promise<TestClient> {
  const client = new Client(
    { name, version: '1' },
    {
      capabilities: answer === undefined ? {} : { elicitation: { form: {} } },
      versionNegotiation: { mode: 'auto' },
      ...listChanged(onTools),
    },
  );
  if (answer !== undefined)
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept' as const,
      content: { yes: typeof answer === 'function' ? answer() : answer },
    }));
  await client.connect(
    'url' in where
      ? new StreamableHTTPClientTransport(new URL(where.url), withHeaders(where))
      : new StdioClientTransport({ ...where, stderr: 'ignore' }),
  );
  return {
    listTools: () => client.listTools() as ReturnType<TestClient['listTools']>,
    callTool: (tool, args, onProgress) =>
      client.callTool(
        { name: tool, arguments: args },
        onProgress ? { onprogress: ({ message }) => onProgress(message ?? '') } : {},
      ) as Promise<ToolAnswer>,
    listResources: (cursor) =>
      client.listResources(cursor === undefined ? {} : { cursor }) as ReturnType<TestClient['listResources']>,
    listTemplates: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    read: async (uri) =>
      (await client.readResource({ uri })).contents.map((part) => ('text' in part ? part.text : '')).join(''),
    complete: async (ref, argument, given) =>
      (await client.complete({ ref, argument, ...(given ? { context: { arguments: given } } : {}) })).completion.values,
    prompts: async () => (await client.listPrompts()).prompts as Awaited<ReturnType<TestClient['prompts']>>,
    prompt: async (prompt, args) =>
      (await client.getPrompt({ name: prompt, arguments: args })).messages
        .map(({ content }) => (content.type === 'text' ? content.text : ''))
        .join('\n'),
    async watch(uri, onUpdate) {
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => onUpdate(params.uri));
      const subscription = await client.listen({ resourceSubscriptions: [uri] });
      return {
        agreed: subscription.honoredFilter.resourceSubscriptions?.includes(uri) === true,
        end: () => subscription.close(),
      };
    },
    instructions: () => client.getInstructions(),
    close: () => client.close(),
  };
}

async function connect1(where: Where, { name = 'test-agent', answer, onTools }: ClientOptions): Promise<TestClient> {
  const client = new Client1(
    { name, version: '1' },
    { capabilities: answer === undefined ? {} : { elicitation: {} }, ...listChanged(onTools) },
  );
  if (answer !== undefined)
    client.setRequestHandler(ElicitRequestSchema, () => ({
      action: 'accept' as const,
      content: { yes: typeof answer === 'function' ? answer() : answer },
    }));
  await client.connect(
    'url' in where
      ? new StreamableHTTPClientTransport1(new URL(where.url), withHeaders(where))
      : new StdioClientTransport1({ ...where, stderr: 'ignore' }),
  );
  return {
    listTools: () => client.listTools() as ReturnType<TestClient['listTools']>,
    callTool: (tool, args, onProgress) =>
      client.callTool(
        { name: tool, arguments: args },
        undefined,
        onProgress ? { onprogress: ({ message }) => onProgress(message ?? '') } : {},
      ) as Promise<ToolAnswer>,
    listResources: (cursor) =>
      client.listResources(cursor === undefined ? {} : { cursor }) as ReturnType<TestClient['listResources']>,
    listTemplates: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    read: async (uri) =>
      (await client.readResource({ uri })).contents.map((part) => ('text' in part ? part.text : '')).join(''),
    complete: async (ref, argument, given) =>
      (await client.complete({ ref, argument, ...(given ? { context: { arguments: given } } : {}) })).completion.values,
    prompts: async () => (await client.listPrompts()).prompts as Awaited<ReturnType<TestClient['prompts']>>,
    prompt: async (prompt, args) =>
      (await client.getPrompt({ name: prompt, arguments: args })).messages
        .map(({ content }) => (content.type === 'text' ? content.text : ''))
        .join('\n'),
    async watch(uri, onUpdate) {
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => onUpdate(params.uri));
      const agreed = await client.subscribeResource({ uri }).then(
        () => true,
        () => false,
      );
      return { agreed, end: async () => void (agreed && (await client.unsubscribeResource({ uri }))) };
    },
    instructions: () => client.getInstructions(),
    close: () => client.close(),
  };
}
