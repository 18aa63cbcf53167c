import { SluiceError } from '../domain/errors.ts';
import { progressToken, type RpcId } from '../domain/gateway/message.ts';
import { logLevelOf } from './log-level.ts';
import { patience, type Answer, type Ask, type Limits } from './upstream.ts';

/** A request that waits for its answer. */
export interface Open {
  readonly answer: Answer;
  /** The id and the progress token that the caller has given. */
  readonly id: RpcId | undefined;
  readonly token: RpcId | undefined;
  readonly method: string | undefined;
  readonly caller: string | undefined;
  /** The least severe log messages that it asks for. Undefined: none. */
  readonly logLevel: unknown;
}

interface Waiting extends Open {
  timer: NodeJS.Timeout | undefined;
  readonly unlisten: () => void;
}

/** What the wire does with a request that is no longer open. */
export interface Endings<K> {
  /** The version was silent for too long. The caller has its error already. */
  late(key: K): void;
  /** The caller has gone. */
  left(key: K): void;
}

/** The open requests of one wire, by the id that they have on it, with their time limits. */
export class OpenRequests<K> {
  readonly #limits: Limits;
  readonly #endings: Endings<K>;
  readonly #open = new Map<K, Waiting>();
  /** When a request began or ended last, epoch ms. */
  lastUsed = Date.now();

  constructor(limits: Limits, endings: Endings<K>) {
    this.#limits = limits;
    this.#endings = endings;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The key of the only open request. Undefined if none is open, or several are. */
  get only(): K | undefined {
    return this.#open.size === 1 ? [...this.#open.keys()][0] : undefined;
  }

  /** The request that began last. */
  get newest(): Open | undefined {
    return [...this.#open.values()].at(-1);
  }

  /** In the order in which they began. */
  get all(): readonly Open[] {
    return [...this.#open.values()];
  }

  get(key: K): Open | undefined {
    return this.#open.get(key);
  }

  /** The request that asked for progress under this token. */
  withToken(token: unknown): readonly [K, Open] | undefined {
    return [...this.#open].find(([, open]) => open.token !== undefined && open.token === token);
  }

  begin(key: K, { message, caller, signal }: Ask, answer: Answer): void {
    const leave = (): void => {
      if (this.settle(key)) this.#endings.left(key);
    };
    this.#open.set(key, {
      answer,
      id: message.id,
      token: progressToken(message.params),
      method: message.method,
      caller,
      logLevel: logLevelOf(message.params),
      timer: undefined,
      unlisten: () => signal.removeEventListener('abort', leave),
    });
    signal.addEventListener('abort', leave, { once: true });
    this.heard(key);
    answer.accepted();
  }

  /** The version was heard, so the time limit begins anew. */
  heard(key: K): void {
    const open = this.#open.get(key);
    if (!open) return;
    clearTimeout(open.timer);
    const wait = patience(open.method, this.#limits);
    if (wait === undefined) return;
    open.timer = setTimeout(() => {
      const error = `The version has not answered ${open.method} for ${wait / 1000} s.`;
      this.settle(key)?.answer.fail(new SluiceError('UPSTREAM_TIMEOUT', error));
      this.#endings.late(key);
    }, wait);
  }

  /** Removes a request, and returns it if it was open. */
  settle(key: K): Open | undefined {
    const open = this.#open.get(key);
    if (!open) return undefined;
    this.#open.delete(key);
    this.lastUsed = Date.now();
    clearTimeout(open.timer);
    open.unlisten();
    return open;
  }

  failAll(error: SluiceError): void {
    for (const key of [...this.#open.keys()]) this.settle(key)?.answer.fail(error);
  }
}
