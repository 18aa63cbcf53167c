import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** A refusal by a tool, with the code of the error catalogue. */
export class ToolError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(tool: string, failure: Failure) {
    super(`${tool}: ${failure.code}: ${failure.message}`);
    this.code = failure.code;
    this.details = failure.details ?? {};
  }
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details?: Record<string, unknown>;
}

/** Temporary errors, while a worker or Temporal is restarted. */
const PASSING = ['NO_ANSWER', 'TEMPORAL_UNREACHABLE'];
const PATIENCE_MS = 180_000;

export function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.includes(String((error as { code?: unknown }).code));
}

/** Repeats an idempotent call until it is answered. */
export async function withRetries<T>(call: () => Promise<T>): Promise<T> {
  for (const began = Date.now(); ; ) {
    const answer = await call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('value' in answer) return answer.value;
    if (!isPassing(answer.error) || Date.now() - began > PATIENCE_MS) throw answer.error;
  }
}

/** One MCP client, connected over Streamable HTTP, as an agent would be. */
export class Mcp {
  private readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  static async connect(url: string, name = 'whole-release-tests'): Promise<Mcp> {
    const client = new Client({ name, version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    return new Mcp(client);
  }

  async tools(): Promise<string[]> {
    return (await this.client.listTools()).tools.map(({ name }) => name);
  }

  /** Structured content of the answer. Throws ToolError when the tool refuses. */
  async call<T = Record<string, unknown>>(tool: string, args: Record<string, unknown>): Promise<T> {
    const answer = await this.client.callTool({ name: tool, arguments: args }, { timeout: 60_000 });
    if (!answer.isError) return answer.structuredContent as T;
    const failure = (answer._meta?.['sluice/error'] ?? {
      code: 'NONE',
      message: JSON.stringify(answer.content),
    }) as Failure;
    throw new ToolError(tool, failure);
  }

  /** The text of a prompt. */
  async prompt(name: string, args: Record<string, string>): Promise<string> {
    const { messages } = await this.client.getPrompt({ name, arguments: args });
    return messages.map(({ content }) => (content.type === 'text' ? content.text : '')).join('\n');
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
