import { Agent, request, type IncomingMessage } from 'node:http';
import type { Contender } from './contenders.ts';

const LIMIT_MS = 30_000;
const REVISION = '2025-06-18';

type Reached = Pick<Contender, 'url' | 'tool' | 'headers'>;

/** One 2025 session with a gateway, whose calls may overlap. */
export class Session {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  readonly #tool: string;
  #id = 0;

  private constructor({ url, tool = 'echo', headers = {} }: Reached, agent: Agent) {
    this.#url = new URL(url);
    this.#tool = tool;
    Object.assign(this.#headers, headers);
    this.#agent = agent;
  }

  static async open(reached: Reached, agent = new Agent({ keepAlive: true })): Promise<Session> {
    const session = new Session(reached, agent);
    const clientInfo = { name: 'bench', version: '1' };
    await session.#post('initialize', { protocolVersion: REVISION, capabilities: {}, clientInfo }, true);
    session.#headers['mcp-protocol-version'] = REVISION;
    await session.#post('notifications/initialized', {}, false);
    return session;
  }

  /** Calls `echo`. Returns the time until the last byte of the answer, in ms. */
  async call(): Promise<number> {
    const began = performance.now();
    const text = await this.#post('tools/call', { name: this.#tool, arguments: { message: 'hello' } }, true);
    const ms = performance.now() - began;
    if (!text.includes('hello')) throw new Error(`not an answer: ${text.slice(0, 200)}`);
    return ms;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #post(method: string, params: object, asks: boolean): Promise<string> {
    const message = { jsonrpc: '2.0', ...(asks ? { id: (this.#id += 1) } : {}), method, params };
    const body = JSON.stringify(message);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { ...this.#headers, 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = request(this.#url, { method: 'POST', agent: this.#agent, headers, timeout: LIMIT_MS }, resolve);
      outgoing.once('error', reject).once('timeout', () => outgoing.destroy(new Error(`no answer to ${method}`)));
      outgoing.end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    if ((response.statusCode ?? 0) >= 300) throw new Error(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`);
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') this.#headers['mcp-session-id'] = session;
    return text;
  }
}
