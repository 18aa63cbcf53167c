import { SluiceError } from '../domain/errors.ts';
import { isFields, textAt } from '../domain/gateway/message.ts';
import { blueOf, type RegisteredServer, type ServerVersion } from '../domain/servers/server.ts';
import { identity } from './identity.ts';
import type { InboundMessage } from './inbound.ts';
import { parseOrNothing } from './json.ts';
import { Mirror, type MirrorReport } from './mirror.ts';
import { RecordedCalls } from './recorded-calls.ts';
import { replay, type ReplayReport } from './replay.ts';
import { boundTo, requireVersion } from './route.ts';
import type { ServerTable } from './server-table.ts';
import type { KnownLists } from './known-lists.ts';
import type { ListedTools } from './lists.ts';
import type { Upstreams } from './upstreams.ts';

/** Longest time for one replay, in ms. What is not asked until then is not compared. */
const REPLAY_MS = 20_000;

interface Lease {
  readonly blue: string;
  readonly green: string;
  readonly key: string;
  readonly mirror: Mirror;
  timer: NodeJS.Timeout;
}

export interface ReadCallsParts {
  readonly table: ServerTable;
  readonly tools: KnownLists<ListedTools>;
  readonly upstreams: Upstreams;
  /** Calls of each reading tool of blue that are kept. 0: none. */
  readonly recorded: number;
  /** How long calls are mirrored after each request for it, in ms. */
  readonly mirrorMs: number;
}

/** What the gateway does with calls to blue of tools that blue says only read: it keeps them, and mirrors them. */
export class ReadCalls {
  readonly #parts: ReadCallsParts;
  readonly #recorded: RecordedCalls;
  readonly #leases = new Map<string, Lease>();

  constructor(parts: ReadCallsParts) {
    this.#parts = parts;
    this.#recorded = new RecordedCalls(parts.recorded);
  }

  /** Whether the answers of a version are of use. */
  wants(server: string, version: string): boolean {
    return this.#recorded.on || this.#leases.get(server)?.blue === version;
  }

  /** A version has answered a call well. `answer`: its last message. */
  async ended(inbound: InboundMessage, version: string, answer: string | undefined): Promise<void> {
    const { message, server: name } = inbound;
    const tool = message.method === 'tools/call' ? textAt(message.params, 'name') : undefined;
    const blue = blueOf(this.#parts.table.server(name));
    if (tool === undefined || blue?.version !== version) return;
    const caller = { principal: boundTo(inbound), headers: identity(inbound.headers) };
    if ((await this.#parts.tools.of(name, blue, caller))?.get(tool) !== true) return;
    const given = message.params['arguments'];
    const call = { tool, args: isFields(given) ? given : {} };
    if (this.#recorded.on) this.#recorded.add(name, call);
    const { result } = (parseOrNothing(answer ?? '') ?? {}) as { result?: unknown };
    const lease = this.#leases.get(name);
    if (lease?.blue === version && isFields(result)) lease.mirror.take({ ...call, result, identity: caller.headers });
  }

  /** Asks blue and another version what callers have asked blue. Errors: GATEWAY_*, UPSTREAM_*. */
  replay(name: string, wanted: string, changing: readonly string[]): Promise<ReplayReport> {
    const { server, blue, green } = this.#two(name, wanted);
    return replay({
      calls: this.#recorded.of(server.name),
      blue: this.#parts.upstreams.of(name, blue),
      green: this.#parts.upstreams.of(name, green),
      changing,
      until: Date.now() + REPLAY_MS,
    });
  }

  /**
   * Mirrors calls from now on, until nobody has asked for it for a while. Returns what came of it so far. Errors:
   * GATEWAY_*, INVALID_INPUT for blue itself.
   */
  mirror(name: string, wanted: string, changing: readonly string[]): MirrorReport {
    const { blue, green } = this.#two(name, wanted);
    if (green.version === blue.version)
      throw new SluiceError('INVALID_INPUT', `${wanted} is blue itself, so its calls cannot be mirrored to it.`);
    const key = JSON.stringify([blue.version, green.version, changing]);
    const present = this.#leases.get(name);
    const lease = present?.key === key ? present : this.#begin(name, { blue, green, changing, key });
    clearTimeout(lease.timer);
    lease.timer = setTimeout(() => this.#end(name, lease), this.#parts.mirrorMs).unref();
    return lease.mirror.report();
  }

  async close(): Promise<void> {
    const all = [...this.#leases.values()];
    this.#leases.clear();
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(all.map(({ mirror }) => mirror.close()));
  }

  #begin(
    name: string,
    {
      blue,
      green,
      changing,
      key,
    }: { blue: ServerVersion; green: ServerVersion; changing: readonly string[]; key: string },
  ): Lease {
    const former = this.#leases.get(name);
    if (former) this.#end(name, former);
    const { upstreams } = this.#parts;
    const mirror = new Mirror({
      blue: upstreams.of(name, blue),
      green: upstreams.of(name, green),
      changing,
    });
    const lease = { blue: blue.version, green: green.version, key, mirror, timer: setTimeout(() => undefined, 0) };
    this.#leases.set(name, lease);
    return lease;
  }

  #end(name: string, lease: Lease): void {
    clearTimeout(lease.timer);
    if (this.#leases.get(name) === lease) this.#leases.delete(name);
    void lease.mirror.close();
  }

  #two(name: string, wanted: string): { server: RegisteredServer; blue: ServerVersion; green: ServerVersion } {
    const server = this.#parts.table.server(name);
    const blue = blueOf(server);
    if (!blue) throw new SluiceError('GATEWAY_NO_VERSION', `No version of the MCP server ${name} is blue.`);
    return { server, blue, green: requireVersion(server, wanted) };
  }
}
