import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** What the callers have seen, by tool. */
export interface Seen {
  readonly calls: Readonly<Record<string, number>>;
  /** Results marked as errors, and calls without an answer. */
  readonly failed: Readonly<Record<string, number>>;
}

const CALLERS = 40;
/** One call of so many is to the tool `add`. */
const ADD = 10;
const PAUSE_MS = 100;

/** Clients of an MCP server that call its tools without end, each with a key of its own. */
export class Callers {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #signal: AbortSignal;
  readonly #calls: Record<string, number> = {};
  readonly #failed: Record<string, number> = {};
  #done: Promise<unknown> = Promise.resolve();

  /** `token`: the credential for the gateway, if it asks for one. All callers share it. */
  constructor(url: string, token: string | undefined, signal: AbortSignal) {
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  start(): void {
    const all = Array.from({ length: CALLERS }, (_, index) => this.#callOn(`demo-${index}`));
    this.#done = Promise.allSettled(all);
  }

  /** Resolves when every caller has ended, after the signal. */
  async ended(): Promise<void> {
    await this.#done;
  }

  seen(): Seen {
    return { calls: { ...this.#calls }, failed: { ...this.#failed } };
  }

  async #callOn(key: string): Promise<void> {
    const client = new Client({ name: 'demo-caller', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const credential = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const requestInit = { headers: { 'x-api-key': key, ...credential } };
    await client.connect(new StreamableHTTPClientTransport(new URL(this.#url), { requestInit }));
    for (let turn = 0; !this.#signal.aborted; turn += 1) {
      await this.#call(client, turn % ADD === ADD - 1);
      await sleep(PAUSE_MS, undefined, { signal: this.#signal }).catch(() => undefined);
    }
    await client.close();
  }

  async #call(client: Client, add: boolean): Promise<void> {
    const asked = add ? { name: 'add', arguments: { a: 1, b: 2 } } : { name: 'echo', arguments: { message: 'hello' } };
    const failed = await client.callTool(asked).then(
      ({ isError }) => isError === true,
      () => true,
    );
    if (this.#signal.aborted) return;
    this.#calls[asked.name] = (this.#calls[asked.name] ?? 0) + 1;
    if (failed) this.#failed[asked.name] = (this.#failed[asked.name] ?? 0) + 1;
  }
}

export function seenBetween(before: Seen, after: Seen): Seen {
  const less = (name: keyof Seen): Record<string, number> =>
    Object.fromEntries(Object.entries(after[name]).map(([tool, count]) => [tool, count - (before[name][tool] ?? 0)]));
  return { calls: less('calls'), failed: less('failed') };
}
