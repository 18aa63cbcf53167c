import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Launch } from './contenders.ts';
import type { Answer, Wire } from './wire.ts';

/** The usual client library of agents (its 1.x line, which every contender supports). It does not report sizes. */
export class SdkWire implements Wire {
  readonly #client = new Client({ name: 'bench', version: '1' });
  readonly #ready: Promise<void>;

  constructor(to: Launch | string) {
    this.#ready = this.#client.connect(
      typeof to === 'string' ? new StreamableHTTPClientTransport(new URL(to)) : overPipes(to),
    );
  }

  async request(method: string, params: object): Promise<Answer> {
    await this.#ready;
    if (method === 'initialize') return { ms: 0, bytes: 0, result: {} };
    const began = performance.now();
    const result =
      method === 'tools/list'
        ? await this.#client.listTools()
        : await this.#client.callTool(params as { name: string });
    return { ms: performance.now() - began, bytes: 0, result };
  }

  notify(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function overPipes({ command, args, env }: Launch): StdioClientTransport {
  const known = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return new StdioClientTransport({ command, args: [...args], env: Object.fromEntries(known), stderr: 'ignore' });
}
