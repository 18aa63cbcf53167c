import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { SluiceError } from '../domain/errors.ts';
import { isFields, readMessage, textAt, type RpcMessage } from '../domain/gateway/message.ts';
import { asError } from './conversation.ts';
import { failureMessage } from './failure.ts';
import type { Gateway } from './gateway.ts';
import type { Inbound } from './inbound.ts';
import { parseOrNothing } from './json.ts';
import { LineReader } from './lines.ts';
import { StdioAnswer } from './stdio-answer.ts';
import { headersOf } from './stdio-headers.ts';
import type { Answer } from './upstream.ts';

export interface StdioFrontOptions {
  /** The server in the registry. */
  readonly name: string;
  readonly input: Readable;
  readonly output: Writable;
  readonly stopped: AbortSignal;
}

const LISTS = ['tools', 'prompts', 'resources'];
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Serves one MCP server to the client that has started this process. Returns when the client closes its side. */
export async function serveStdioFront(gateway: Gateway, options: StdioFrontOptions): Promise<void> {
  const { name, input, output, stopped } = options;
  gateway.status(name);
  const connection = new StdioConnection(gateway, name, output);
  const lines = new LineReader(
    MAX_LINE_BYTES,
    (text) => connection.take(text),
    () => connection.refuse('The message is too large.'),
  );
  input.on('data', (chunk: Buffer) => lines.take(chunk));
  await new Promise<void>((resolve) => {
    input.once('end', resolve).once('close', resolve);
    stopped.addEventListener('abort', () => resolve(), { once: true });
  });
  await connection.close();
}

/** The messages of one client. The process is its session, so it has one caller of its own. */
class StdioConnection {
  readonly #gateway: Gateway;
  readonly #name: string;
  readonly #output: Writable;
  readonly #principal = { key: `process ${randomUUID()}`, known: false, alone: true };
  readonly #gone = new AbortController();
  /** Requests outside of the session, which are cancelled by going away. */
  readonly #requests = new Map<string, AbortController>();
  #session: string | undefined;
  #revision: string | undefined;
  /** The two messages that open a session. */
  readonly #opening = new Map<string, string>();
  #renewing: Promise<void> | undefined;
  /** The lists of whose changes the first version has promised to tell. */
  #lists: readonly string[] = [];

  constructor(gateway: Gateway, name: string, output: Writable) {
    this.#gateway = gateway;
    this.#name = name;
    this.#output = output;
  }

  take(text: string): void {
    const message = readMessage(parseOrNothing(text));
    if (!message) return this.refuse('The line is not a JSON-RPC message.');
    const { method = '', params } = message;
    if (method === 'notifications/cancelled' && this.#cancel(params['requestId'])) return;
    if (method === 'initialize' || method === 'notifications/initialized') this.#opening.set(method, text);
    if (this.#renewing) void this.#renewing.then(() => this.#forward(text, message));
    else this.#forward(text, message);
  }

  refuse(why: string): void {
    this.#output.write(`${failureMessage(new SluiceError('GATEWAY_MESSAGE_INVALID', why), null)}\n`);
  }

  async close(): Promise<void> {
    const session = this.#session;
    const inbound = { ...this.#inbound(session, undefined), signal: AbortSignal.timeout(5_000) };
    if (session !== undefined) await this.#gateway.endSession(inbound).catch(() => undefined);
    this.#gone.abort();
  }

  #forward(text: string, message: RpcMessage): void {
    const { id, method, modern } = message;
    const session = modern || method === 'initialize' ? undefined : this.#session;
    const request = new AbortController();
    if (id !== undefined && modern) this.#requests.set(JSON.stringify(id), request);
    const answer = new StdioAnswer(this.#output, message.kind === 'request' ? id : undefined, {
      session: (handle) => (this.#session = handle),
      message: (answered) => {
        const result = this.#noted(message, answered);
        if (result) this.#lists = LISTS.filter((list) => tellsChanges(result, list));
      },
      over: () => this.#requests.delete(JSON.stringify(id)),
      // The message did not reach any version, so it can be sent again.
      lost: () => (session === undefined || session !== this.#session ? false : this.#renew(text, message)),
    });
    this.#send(text, message, session, answer, AbortSignal.any([request.signal, this.#gone.signal]));
    if (method === 'notifications/initialized' && session !== undefined) this.#listen(session, message);
  }

  #send(text: string, message: RpcMessage, session: string | undefined, answer: Answer, signal: AbortSignal): void {
    try {
      this.#gateway.send({ ...this.#inbound(session, message), signal, text, message }, answer);
    } catch (error) {
      answer.fail(asError(error));
    }
  }

  /**
   * Opens a session in place of a lost one, which no client does over stdio, and sends the message there. The version
   * may be another one, so the client is told to read its lists anew.
   */
  #renew(text: string, message: RpcMessage): boolean {
    const initialize = this.#opening.get('initialize');
    if (initialize === undefined) return false;
    this.#session = undefined;
    this.#renewing = this.#opened(initialize).then((session) => {
      this.#renewing = undefined;
      this.#session = session;
      const initialized = this.#opening.get('notifications/initialized');
      if (session !== undefined && initialized !== undefined) this.take(initialized);
      if (message.method !== 'notifications/initialized') this.#forward(text, message);
      if (session !== undefined) for (const list of this.#lists) this.#tell(`notifications/${list}/list_changed`);
    });
    return true;
  }

  /** The new session. Undefined if no version opens one. */
  #opened(initialize: string): Promise<string | undefined> {
    const message = readMessage(parseOrNothing(initialize));
    return new Promise((resolve) => {
      if (!message) return resolve(undefined);
      let session: string | undefined;
      const end = (): void => resolve(session);
      const none = (): void => resolve(undefined);
      const whenReady = (resume: () => void): void => resume();
      const accepted = (handle?: string): void => void (session = handle);
      const noted = (text: string): boolean => {
        this.#noted(message, text);
        return true;
      };
      const answer = { accepted, message: noted, end, refuse: none, fail: none, whenReady };
      this.#send(initialize, message, undefined, answer, this.#gone.signal);
    });
  }

  /** The result of initialize. The revision that both sides have agreed on is repeated in a header over HTTP. */
  #noted(message: RpcMessage, answered: string): Readonly<Record<string, unknown>> | undefined {
    if (message.method !== 'initialize') return undefined;
    const { result } = (parseOrNothing(answered) ?? {}) as { result?: unknown };
    if (!isFields(result)) return undefined;
    this.#revision = textAt(result, 'protocolVersion');
    return result;
  }

  #tell(method: string): void {
    this.#output.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`);
  }

  /** A version without such a stream refuses, which does no harm. */
  #listen(session: string, message: RpcMessage): void {
    const quiet = { session() {}, message() {}, over() {}, lost: () => false };
    const inbound = { ...this.#inbound(session, message), signal: this.#gone.signal };
    try {
      this.#gateway.listen(
        { ...inbound, headers: { ...inbound.headers, accept: 'text/event-stream' } },
        new StdioAnswer(this.#output, undefined, quiet),
      );
    } catch {
      // The session has ended in the meantime. The next message is told so.
    }
  }

  #cancel(id: unknown): boolean {
    const request = this.#requests.get(JSON.stringify(id));
    request?.abort();
    return request !== undefined && this.#requests.delete(JSON.stringify(id));
  }

  #inbound(session: string | undefined, message: RpcMessage | undefined): Omit<Inbound, 'signal'> {
    const headers = headersOf(message, this.#revision);
    return { server: this.#name, principal: this.#principal, session, wanted: undefined, via: 'stdio', headers };
  }
}

function tellsChanges({ capabilities }: Readonly<Record<string, unknown>>, list: string): boolean {
  const capability = isFields(capabilities) ? capabilities[list] : undefined;
  return isFields(capability) && capability['listChanged'] === true;
}
