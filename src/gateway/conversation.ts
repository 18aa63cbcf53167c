import { SluiceError } from '../domain/errors.ts';
import { readMessage, type RpcMessage } from '../domain/gateway/message.ts';
import { AliveCheck } from './alive-check.ts';
import { parseOrNothing } from './json.ts';
import { OpenRequests } from './open-requests.ts';
import type { Answer, Ask, Limits, Listen } from './upstream.ts';
import type { Wire, WireEvents } from './wire.ts';

/** Messages without a reader that are kept, and lines that are no messages before a process is given up. */
const KEPT = 100;
const NONSENSE = 100;
const HANDSHAKE = '"sluice-handshake"';
const ALIVE = '"sluice-alive"';

/**
 * A 2025 session with a version over a wire of its own. Messages pass unchanged. If the wire ends, the next message
 * opens another one and repeats the handshake there; calls are never repeated.
 */
export class Conversation {
  readonly #connect: (events: WireEvents) => Wire;
  readonly #limits: Limits;
  #wire: Wire | undefined;
  #generation = 0;
  /** By the caller's id as JSON. */
  readonly #open: OpenRequests<string>;
  #listeners = new Set<Answer>();
  #unread: string[] = [];
  /** The parameters of initialize. */
  #opening: RpcMessage['params'] | undefined;
  #initialized: string | undefined;
  /** Messages that wait for a repeated handshake. */
  #waiting: string[] | undefined;
  #nonsense = 0;
  readonly #alive: AliveCheck;

  /** `resumed`: the parameters of initialize of a session that another process has opened. */
  constructor(connect: (events: WireEvents) => Wire, limits: Limits, resumed?: RpcMessage['params']) {
    this.#connect = connect;
    this.#limits = limits;
    this.#opening = resumed;
    if (resumed) this.#initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    this.#open = new OpenRequests(limits, { late: (key) => this.#late(key), left: () => undefined });
    this.#alive = new AliveCheck(limits.handshakeMs, (error) => this.#abandon(error));
  }

  get lastUsed(): number {
    return this.#open.lastUsed;
  }

  /** Whether no caller waits for anything. */
  get idle(): boolean {
    return this.#open.size === 0 && this.#listeners.size === 0;
  }

  send(ask: Ask, answer: Answer): void {
    const { text, message } = ask;
    this.#open.lastUsed = Date.now();
    const key = JSON.stringify(message.id);
    if (message.kind === 'request' && this.#open.get(key))
      return answer.fail(new SluiceError('GATEWAY_MESSAGE_INVALID', 'Another open request has the same id.'));
    if (message.method === 'initialize') this.#opening = message.params;
    if (message.method === 'notifications/initialized') this.#initialized = text;
    try {
      this.#write(text);
    } catch (error) {
      return answer.fail(asError(error));
    }
    if (message.kind !== 'request') return answer.end();
    this.#open.begin(key, ask, answer);
  }

  listen({ signal }: Listen, answer: Answer): void {
    answer.accepted();
    this.#listeners.add(answer);
    signal.addEventListener('abort', () => this.#listeners.delete(answer), { once: true });
    for (const text of this.#unread.splice(0)) answer.message(text);
  }

  async close(): Promise<void> {
    const wire = this.#wire;
    this.#wire = undefined;
    this.#alive.heard();
    this.#generation += 1;
    this.#open.failAll(new SluiceError('GATEWAY_SESSION_UNKNOWN', 'The session has ended.'));
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
    await wire?.close();
  }

  #write(text: string): void {
    if (this.#wire === undefined) this.#start();
    if (this.#waiting) this.#waiting.push(text);
    else this.#wire?.send(text);
  }

  #start(): void {
    const mine = (this.#generation += 1);
    const current = (act: () => void) => (this.#generation === mine ? act() : undefined);
    this.#nonsense = 0;
    const wire = this.#connect({
      message: (text) => current(() => this.#take(text)),
      oversized: (edges) => current(() => this.#oversized(edges)),
      closed: (error) => current(() => this.#closed(error)),
    });
    this.#wire = wire;
    // The first handshake of a session comes from the caller.
    if (this.#opening === undefined || this.#initialized === undefined) return;
    const params = this.#opening;
    wire.send(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(HANDSHAKE) as string, method: 'initialize', params }));
    this.#waiting = [];
  }

  #late(key: string): void {
    const params = { requestId: JSON.parse(key) as unknown, reason: 'The time limit of the gateway has passed.' };
    this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
    const ping = { jsonrpc: '2.0', id: JSON.parse(ALIVE) as string, method: 'ping' };
    this.#alive.begin(() => this.#wire?.send(JSON.stringify(ping)));
  }

  #take(text: string): void {
    const message = readMessage(parseOrNothing(text));
    if (!message || message.kind === 'batch') return this.#senseless(text);
    this.#nonsense = 0;
    this.#alive.heard();
    if (message.kind !== 'response') return this.#toCaller(text, message);
    const key = JSON.stringify(message.id);
    if (key === HANDSHAKE && this.#waiting) return this.#shaken(message);
    const open = this.#open.settle(key);
    if (!open) return;
    open.answer.message(text);
    open.answer.end();
  }

  #shaken({ fields }: RpcMessage): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if ('error' in fields)
      return this.#abandon(new SluiceError('UPSTREAM_INVALID', 'The restarted version refuses initialize.'));
    // The caller may be the one that says so.
    const others = waiting.filter((text) => text !== this.#initialized);
    for (const text of [this.#initialized, ...others]) if (text !== undefined) this.#wire?.send(text);
  }

  /** Progress goes where its request came from; everything else to the session's own stream, or to the last request. */
  #toCaller(text: string, message: RpcMessage): void {
    const { method, params } = message;
    const [key, asked] = (method === 'notifications/progress' && this.#open.withToken(params['progressToken'])) || [];
    if (key !== undefined) this.#open.heard(key);
    const [listener] = this.#listeners;
    const reader = asked?.answer ?? listener ?? this.#open.newest?.answer;
    if (reader) return this.#deliver(reader, text);
    this.#unread.push(text);
    if (this.#unread.length > KEPT) this.#unread.shift();
  }

  /** A caller that reads slowly slows down its own version only. */
  #deliver(reader: Answer, text: string): void {
    if (reader.message(text)) return;
    const wire = this.#wire;
    wire?.pause();
    reader.whenReady(() => wire?.resume());
  }

  #senseless(text: string): void {
    this.#nonsense += 1;
    if (this.#nonsense < NONSENSE) return;
    this.#abandon(
      new SluiceError('UPSTREAM_INVALID', `The version writes what is no message, as in "${text.slice(0, 80)}".`),
    );
  }

  #oversized(edges: string): void {
    const found = /^\s*\{"jsonrpc":"2\.0","id":("[^"]*"|-?\d+)/.exec(edges) ?? /"id":("[^"]*"|-?\d+)\}\s*$/.exec(edges);
    const key = found?.[1] ?? this.#open.only;
    const { messageBytes } = this.#limits;
    if (key !== undefined)
      this.#open
        .settle(key)
        ?.answer.fail(
          new SluiceError('UPSTREAM_TOO_LARGE', `The answer of the version has more than ${messageBytes} bytes.`),
        );
  }

  #abandon(error: SluiceError): void {
    const wire = this.#wire;
    this.#generation += 1;
    this.#closed(error);
    void wire?.close();
  }

  #closed(error: SluiceError): void {
    this.#alive.heard();
    this.#wire = undefined;
    this.#waiting = undefined;
    this.#open.failAll(error);
  }
}

export function asError(error: unknown): SluiceError {
  return error instanceof SluiceError
    ? error
    : new SluiceError('UPSTREAM_UNREACHABLE', `The version cannot be reached: ${String(error)}.`, { cause: error });
}
