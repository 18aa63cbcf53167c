import { SluiceError } from '../domain/errors.ts';
import { isFields, readMessage, type RpcMessage } from '../domain/gateway/message.ts';
import { parseKept, parseOrNothing } from './json.ts';
import { asError } from './conversation.ts';
import { AliveCheck } from './alive-check.ts';
import { readerOf } from './notified.ts';
import { OpenRequests, type Open } from './open-requests.ts';
import { ENVELOPE } from './own-request.ts';
import type { Answer, Ask, Limits } from './upstream.ts';
import type { Wire, WireEvents } from './wire.ts';

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const NONSENSE = 100;
const NAMES_REQUEST = ['notifications/cancelled', 'notifications/progress'];

/**
 * One wire for the requests of all callers since revision 2026-07-28, which need no session. Ids and progress tokens
 * are replaced by own ones on the way, because those of two callers may be equal.
 */
export class SharedWire {
  readonly #connect: (events: WireEvents) => Wire;
  readonly #limits: Limits;
  #wire: Wire | undefined;
  /** By the id on the wire. */
  readonly #open: OpenRequests<number>;
  readonly #alive: AliveCheck;
  #last = 0;
  #nonsense = 0;

  constructor(connect: (events: WireEvents) => Wire, limits: Limits) {
    this.#connect = connect;
    this.#limits = limits;
    this.#open = new OpenRequests(limits, {
      late: (id) => this.#late(id),
      left: (id) => this.#cancel(id, 'The caller has closed the request.'),
    });
    this.#alive = new AliveCheck(limits.handshakeMs, (error) => this.#abandon(error));
  }

  get lastUsed(): number {
    return this.#open.lastUsed;
  }

  get idle(): boolean {
    return this.#open.size === 0;
  }

  send(ask: Ask, answer: Answer): void {
    const { text, message } = ask;
    this.#open.lastUsed = Date.now();
    if (message.kind !== 'request' || message.id === undefined) return this.#tell(text, message, answer);
    if (this.#open.size >= this.#limits.requests)
      return answer.fail(new SluiceError('UPSTREAM_BUSY', `The version has ${this.#open.size} open requests.`));
    const id = (this.#last += 1);
    try {
      this.#wire ??= this.#start();
      this.#open.begin(id, ask, answer);
      this.#wire.send(renumbered(text, id));
    } catch (error) {
      this.#open.settle(id);
      answer.fail(asError(error));
    }
  }

  /** A notification that names a request names it by the id of one caller, which is that of another request here. */
  #tell(text: string, { kind, method = '' }: RpcMessage, answer: Answer): void {
    if (kind !== 'notification' || NAMES_REQUEST.includes(method)) return answer.end();
    try {
      this.#wire ??= this.#start();
      this.#wire.send(text);
      answer.end();
    } catch (error) {
      answer.fail(asError(error));
    }
  }

  async close(): Promise<void> {
    const wire = this.#wire;
    this.#closed(new SluiceError('UPSTREAM_UNREACHABLE', 'The version has been removed.'), wire);
    await wire?.close();
  }

  #late(id: number): void {
    this.#cancel(id, 'The time limit of the gateway has passed.');
    const params = { _meta: ENVELOPE };
    const ask = { jsonrpc: '2.0', id: (this.#last += 1), method: 'server/discover', params };
    this.#alive.begin(() => this.#wire?.send(JSON.stringify(ask)));
  }

  #start(): Wire {
    this.#nonsense = 0;
    const wire: Wire = this.#connect({
      message: (text) => (this.#wire === wire ? this.#take(text) : undefined),
      oversized: (edges) => (this.#wire === wire ? this.#oversized(edges) : undefined),
      closed: (error) => this.#closed(error, wire),
    });
    return wire;
  }

  #cancel(id: number, reason: string): void {
    // Without the envelope, servers of the SDK take the connection for one of 2025.
    const params = { requestId: id, reason, _meta: ENVELOPE };
    this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
  }

  #take(text: string): void {
    const message = readMessage(parseOrNothing(text));
    if (!message || message.kind === 'batch') return this.#senseless(text);
    this.#nonsense = 0;
    this.#alive.heard();
    if (message.kind === 'request') return this.#refuse(message);
    if (message.kind === 'notification') return this.#notify(text, message);
    const open = typeof message.id === 'number' ? this.#open.settle(message.id) : undefined;
    if (!open) return;
    open.answer.message(withId(text, open));
    open.answer.end();
  }

  /** A request of a server has no place in revision 2026-07-28. */
  #refuse({ id, method }: RpcMessage): void {
    const error = { code: -32601, message: `Servers cannot send ${method} in this revision.` };
    this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', id, error }));
  }

  #notify(text: string, { method, params }: RpcMessage): void {
    const meta = isFields(params['_meta']) ? params['_meta'] : {};
    const named = method === 'notifications/progress' ? params['progressToken'] : meta[SUBSCRIPTION];
    const open = typeof named === 'number' ? this.#open.get(named) : readerOf(method, params, this.#open.all);
    // Only progress renews the time limit, so a version that writes without end still has to answer.
    if (method === 'notifications/progress' && typeof named === 'number') this.#open.heard(named);
    open?.answer.message(addressed(text, open));
  }

  #senseless(text: string): void {
    this.#nonsense += 1;
    if (this.#nonsense < NONSENSE) return;
    const error = `The version writes what is no message, as in "${text.slice(0, 80)}".`;
    this.#abandon(new SluiceError('UPSTREAM_INVALID', error));
  }

  #abandon(error: SluiceError): void {
    const wire = this.#wire;
    this.#closed(error, wire);
    void wire?.close();
  }

  #oversized(edges: string): void {
    const found = /^\s*\{"jsonrpc":"2\.0","id":(\d+)/.exec(edges) ?? /"id":(\d+)\}\s*$/.exec(edges);
    const id = found ? Number(found[1]) : this.#open.only;
    const { messageBytes } = this.#limits;
    const error = `The answer of the version has more than ${messageBytes} bytes.`;
    if (id !== undefined) this.#open.settle(id)?.answer.fail(new SluiceError('UPSTREAM_TOO_LARGE', error));
  }

  #closed(error: SluiceError, wire: Wire | undefined): void {
    if (this.#wire !== wire) return;
    this.#alive.heard();
    this.#wire = undefined;
    this.#open.failAll(error);
  }
}

interface Editable {
  id?: unknown;
  params?: { progressToken?: unknown; _meta?: Record<string, unknown> };
  result?: { _meta?: Record<string, unknown> };
}

function renumbered(text: string, id: number): string {
  const message = parseKept(text) as Editable;
  message.id = id;
  if (message.params?._meta?.['progressToken'] !== undefined) message.params._meta['progressToken'] = id;
  return JSON.stringify(message);
}

function withId(text: string, { id }: Open): string {
  const message = parseKept(text) as Editable;
  message.id = id;
  if (message.result?._meta?.[SUBSCRIPTION] !== undefined) message.result._meta[SUBSCRIPTION] = id;
  return JSON.stringify(message);
}

function addressed(text: string, { id, token }: Open): string {
  const message = parseKept(text) as Editable;
  if (message.params?.progressToken !== undefined) message.params.progressToken = token;
  if (message.params?._meta?.[SUBSCRIPTION] !== undefined) message.params._meta[SUBSCRIPTION] = id;
  return JSON.stringify(message);
}
