import { SluiceError } from '../domain/errors.ts';
import { progressToken, readMessage, type RpcMessage } from '../domain/gateway/message.ts';
import { parseOrNothing } from './json.ts';
import { patience, type Answer, type Ask, type Limits, type Listen } from './upstream.ts';
import type { Wire, WireEvents } from './wire.ts';

/** A request that waits for its answer. */
interface Open {
  readonly answer: Answer;
  readonly token: string | undefined;
  readonly method: string | undefined;
  timer: NodeJS.Timeout | undefined;
  readonly leave: () => void;
}

/** Messages without a reader that are kept, and lines that are no messages before a process is given up. */
const KEPT = 100;
const NONSENSE = 100;
const HANDSHAKE = '"sluice-handshake"';

/**
 * A 2025 session with a version over a wire of its own. Messages pass unchanged. If the wire ends, the next message
 * opens another one and repeats the handshake there; calls are never repeated.
 */
export class Conversation {
  readonly #connect: (events: WireEvents) => Wire;
  readonly #limits: Limits;
  #wire: Wire | undefined;
  #generation = 0;
  #open = new Map<string, Open>();
  #listeners = new Set<Answer>();
  #unread: string[] = [];
  #initialize: RpcMessage | undefined;
  #initialized: string | undefined;
  /** Messages that wait for a repeated handshake. */
  #waiting: string[] | undefined;
  #nonsense = 0;
  lastUsed = Date.now();

  constructor(connect: (events: WireEvents) => Wire, limits: Limits) {
    this.#connect = connect;
    this.#limits = limits;
  }

  /** Whether no caller waits for anything. */
  get idle(): boolean {
    return this.#open.size === 0 && this.#listeners.size === 0;
  }

  send({ text, message, signal }: Ask, answer: Answer): void {
    this.lastUsed = Date.now();
    if (message.kind === 'request' && this.#open.has(JSON.stringify(message.id)))
      return answer.fail(new SluiceError('GATEWAY_MESSAGE_INVALID', 'Another open request has the same id.'));
    if (message.method === 'initialize') this.#initialize = message;
    if (message.method === 'notifications/initialized') this.#initialized = text;
    try {
      this.#write(text);
    } catch (error) {
      return answer.fail(asError(error));
    }
    if (message.kind !== 'request') return answer.end();
    this.#await(message, answer, signal);
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
    this.#generation += 1;
    this.#failAll(new SluiceError('GATEWAY_SESSION_UNKNOWN', 'The session has ended.'));
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
    if (this.#initialize === undefined || this.#initialized === undefined) return;
    const { params } = this.#initialize;
    wire.send(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(HANDSHAKE) as string, method: 'initialize', params }));
    this.#waiting = [];
  }

  #await(message: RpcMessage, answer: Answer, signal: AbortSignal): void {
    const key = JSON.stringify(message.id);
    const leave = (): void => this.#forget(key, answer);
    const token = progressToken(message.params);
    const open: Open = {
      answer,
      token: token === undefined ? undefined : JSON.stringify(token),
      method: message.method,
      timer: undefined,
      leave: () => signal.removeEventListener('abort', leave),
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#open.set(key, open);
    this.#restart(key, open);
    answer.accepted();
  }

  #restart(key: string, open: Open): void {
    clearTimeout(open.timer);
    const wait = patience(open.method, this.#limits);
    if (wait === undefined) return;
    open.timer = setTimeout(() => {
      this.#settle(key)?.answer.fail(
        new SluiceError('UPSTREAM_TIMEOUT', `The version has not answered ${open.method} for ${wait / 1000} s.`),
      );
      const cancel = { requestId: JSON.parse(key) as unknown, reason: 'The time limit of the gateway has passed.' };
      this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancel }));
    }, wait);
  }

  #take(text: string): void {
    const message = readMessage(parseOrNothing(text));
    if (!message || message.kind === 'batch') return this.#senseless(text);
    this.#nonsense = 0;
    if (message.kind !== 'response') return this.#toCaller(text, message);
    const key = JSON.stringify(message.id);
    if (key === HANDSHAKE && this.#waiting) return this.#shaken(message);
    const open = this.#settle(key);
    if (!open) return;
    open.answer.message(text);
    open.answer.end();
  }

  #shaken({ fields }: RpcMessage): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if ('error' in fields)
      return this.#abandon(new SluiceError('UPSTREAM_INVALID', 'The restarted version refuses initialize.'));
    for (const text of [this.#initialized, ...waiting]) if (text !== undefined) this.#wire?.send(text);
  }

  /** Progress goes where its request came from; everything else to the session's own stream, or to the last request. */
  #toCaller(text: string, message: RpcMessage): void {
    const token =
      message.method === 'notifications/progress' ? JSON.stringify(message.params['progressToken']) : undefined;
    const related = [...this.#open].find(([, { token: asked }]) => asked !== undefined && asked === token);
    if (related) this.#restart(...related);
    const [listener] = this.#listeners;
    const reader = related?.[1].answer ?? listener ?? [...this.#open.values()].at(-1)?.answer;
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
      new SluiceError('UPSTREAM_INVALID', `The version writes what is no message, as in: ${text.slice(0, 80)}`),
    );
  }

  #oversized(edges: string): void {
    const found = /^\s*\{"jsonrpc":"2\.0","id":("[^"]*"|-?\d+)/.exec(edges) ?? /"id":("[^"]*"|-?\d+)\}\s*$/.exec(edges);
    const only = this.#open.size === 1 ? [...this.#open.keys()][0] : undefined;
    const key = found?.[1] ?? only;
    const { messageBytes } = this.#limits;
    if (key !== undefined)
      this.#settle(key)?.answer.fail(
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
    this.#wire = undefined;
    this.#waiting = undefined;
    this.#failAll(error);
  }

  #failAll(error: SluiceError): void {
    for (const key of [...this.#open.keys()]) this.#settle(key)?.answer.fail(error);
  }

  #settle(key: string): Open | undefined {
    const open = this.#open.get(key);
    if (!open) return undefined;
    this.#open.delete(key);
    this.lastUsed = Date.now();
    clearTimeout(open.timer);
    open.leave();
    return open;
  }

  #forget(key: string, answer: Answer): void {
    if (this.#open.get(key)?.answer === answer) this.#settle(key);
  }
}

export function asError(error: unknown): SluiceError {
  return error instanceof SluiceError
    ? error
    : new SluiceError('UPSTREAM_UNREACHABLE', `The version cannot be reached: ${String(error)}.`, { cause: error });
}
