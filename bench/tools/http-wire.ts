import { Agent, request, type IncomingMessage } from 'node:http';
import { answerOf, message, type Answer, type Wire } from './wire.ts';

const LIMIT_MS = 60_000;

/** Calls a server over one persistent connection. */
export class HttpWire implements Wire {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-06-18',
  };
  #id = 0;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async request(method: string, params: object): Promise<Answer> {
    const id = (this.#id += 1);
    const began = performance.now();
    const { text, ms } = await this.#post(message(method, params, id), began);
    for (const part of messagesIn(text)) {
      const result = answerOf(part, id);
      if (result) return { ms, bytes: Buffer.byteLength(part), result };
    }
    throw new Error(`no answer to ${method}: ${text.slice(0, 200)}`);
  }

  async notify(method: string, params: object): Promise<void> {
    await this.#post(message(method, params), performance.now());
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  async #post(body: string, began: number): Promise<{ text: string; ms: number }> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { ...this.#headers, 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = request(this.#url, { method: 'POST', agent: this.#agent, headers, timeout: LIMIT_MS }, resolve);
      outgoing
        .once('error', reject)
        .once('timeout', () => outgoing.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)));
      outgoing.end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const ms = performance.now() - began;
    const text = Buffer.concat(chunks).toString();
    if ((response.statusCode ?? 0) >= 300) throw new Error(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`);
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') this.#headers['mcp-session-id'] = session;
    return { text, ms };
  }
}

/** The body itself, or the data of each server-sent event in it. */
function messagesIn(text: string): string[] {
  if (text.startsWith('{')) return [text];
  const events = text.split(/\r?\n\r?\n/).map((event) =>
    event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
      .join('\n'),
  );
  return events.filter((data) => data.startsWith('{'));
}
