import { isDivided } from '../domain/gateway/split.ts';
import { textAt } from '../domain/gateway/message.ts';
import type { ServerEvent } from '../domain/servers/events.ts';
import type { RegisteredServer } from '../domain/servers/server.ts';
import { asError } from './conversation.ts';
import { BatchAnswer, messagesOf } from './batch.ts';
import { CountedAnswer, type Watch } from './counted-answer.ts';
import { Eras, needsModern, unsupported } from './eras.ts';
import { gauges } from './gauges.ts';
import { Health, type HealthChange, type HealthSettings } from './health.ts';
import type { Inbound, InboundMessage } from './inbound.ts';
import { Meter } from './meter.ts';
import { MeterHistory } from './meter-history.ts';
import { identity } from './identity.ts';
import { ParamHeaders } from './param-headers.ts';
import { ReadCalls } from './read-calls.ts';
import { inOwnSession } from './own-call.ts';
import { reportedTask, rewritten, unsealed } from './outgoing.ts';
import { boundTo, routeOf, sessionRoute, type Route } from './route.ts';
import type { Sealer } from './seal.ts';
import type { ServerTable } from './server-table.ts';
import { Sessions } from './sessions.ts';
import { serverStatus, shownHealth, type ServerStatus } from './status.ts';
import { LastAnswer } from './last-answer.ts';
import { StaleNames } from './stale-names.ts';
import type { Answer, Limits, Upstream } from './upstream.ts';
import { Upstreams, type Connect } from './upstreams.ts';

export interface GatewayParts {
  readonly table: ServerTable;
  readonly sealer: Sealer;
  readonly limits: Limits;
  readonly health: HealthSettings;
  /** Calls of each reading tool of blue that are kept, to ask a new version the same. 0: none. */
  readonly recorded: number;
  readonly connect: Connect;
}

/** Divides callers between the versions of a server. Errors before anything is sent are thrown. */
export class Gateway {
  readonly #table: ServerTable;
  readonly #sealer: Sealer;
  readonly #meter = new Meter();
  /** The counters of the past hour. */
  readonly past = new MeterHistory(this.#meter);
  readonly #sessions: Sessions;
  readonly #upstreams: Upstreams;
  readonly #names: StaleNames;
  readonly #headers = new ParamHeaders();
  readonly #eras = new Eras();
  readonly #health: Health;
  /** Keeps and mirrors calls that only read. */
  readonly reads: ReadCalls;

  constructor({ table, sealer, limits, health, recorded, connect }: GatewayParts) {
    this.#table = table;
    this.#sealer = sealer;
    this.#sessions = new Sessions(limits.idleMs);
    const busy = (server: string, version: string): boolean => this.#meter.openRequests(server, version) > 0;
    this.#upstreams = new Upstreams(connect, busy);
    this.#names = new StaleNames((server, version) => this.#upstreams.of(server, version));
    const upstreams = this.#upstreams;
    this.reads = new ReadCalls({ table, tools: this.#names.tools, upstreams, recorded, mirrorMs: limits.mirrorMs });
    this.#health = new Health({
      settings: health,
      upstream: (server, version) => this.#upstreams.of(server, version),
      use: (server, version) => this.#sessions.use(server, version),
      changed: (change) => this.#table.tell(eventOf(change, table.server(change.server).revision)),
    });
    table.onChange((server) => {
      this.#names.forget(server);
      this.#headers.forget(server);
      this.#upstreams.keep(server);
      this.#health.watch(server);
    });
    for (const name of table.names()) this.#health.watch(table.server(name));
  }

  /** Sends one message to its version, or each message of a batch. */
  send(inbound: InboundMessage, answer: Answer): void {
    if (inbound.message.kind === 'batch') return this.#sendAll(messagesOf(inbound), answer);
    const server = this.#table.server(inbound.server);
    const route = routeOf(inbound, server, this.#sealer);
    const upstream = this.#upstreams.of(inbound.server, route.version);
    const speaks = needsModern(inbound.message) ? this.#eras.of(upstream) : true;
    // A caller of a server with one version has agreed on the revision with it.
    if (speaks === true || (speaks === undefined && server.versions.length === 1))
      return this.#byName(inbound, server, route, answer);
    if (speaks === false) return this.#refused(inbound, route, answer);
    this.#eras
      .ask(upstream, identity(inbound.headers))
      .then((found) =>
        found === false ? this.#refused(inbound, route, answer) : this.#byName(inbound, server, route, answer),
      )
      .catch((error: unknown) => answer.fail(asError(error)));
  }

  /** Opens the stream of a session. */
  listen(inbound: Inbound, answer: Answer): void {
    const route = sessionRoute(inbound, this.#table.server(inbound.server), this.#sealer);
    const { headers, signal } = inbound;
    this.#upstream(inbound, route).listen({ headers, signal, session: route.session }, answer);
  }

  async endSession(inbound: Inbound): Promise<void> {
    const route = sessionRoute(inbound, this.#table.server(inbound.server), this.#sealer);
    this.#sessions.ended(inbound.session ?? '');
    await this.#upstream(inbound, route, false).endSession(route.session ?? '', inbound.headers);
  }

  /** Throws SERVER_NOT_FOUND. */
  status(name: string): ServerStatus {
    return serverStatus(this.#table.server(name), (version) => ({
      ...this.#sessions.of(name, version),
      ...this.#meter.of(name, version),
      processes: this.#upstreams.processes(name, version),
      health: shownHealth(this.#health.of(name, version)),
    }));
  }

  /** Throws SERVER_NOT_FOUND. */
  server(name: string): RegisteredServer {
    return this.#table.server(name);
  }

  names(): readonly string[] {
    return this.#table.names();
  }

  /** Calls the listener with each change of the registry. Returns the function that ends this. */
  follow(listener: (event: ServerEvent) => void): () => void {
    return this.#table.follow(listener);
  }

  metrics(): string {
    return this.#meter.text() + gauges(this.names().map((name) => this.status(name)));
  }

  async close(): Promise<void> {
    this.#table.close();
    this.past.close();
    this.#health.close();
    await this.reads.close();
    await this.#upstreams.close();
  }

  #sendAll(messages: readonly InboundMessage[], answer: Answer): void {
    const batch = new BatchAnswer(answer, messages.length);
    for (const inbound of messages) {
      const part = batch.part(inbound.message.kind === 'request' ? inbound.message.id : undefined);
      try {
        this.send(inbound, part);
      } catch (error) {
        part.fail(asError(error));
      }
    }
  }

  /** The version cannot answer the revision of the request, which counts as a call of it that has failed. */
  #refused(inbound: InboundMessage, { version }: Route, answer: Answer): void {
    const error = unsupported(version);
    this.#counted(inbound, version.version)('protocol_error', error);
    answer.fail(error);
  }

  /** Sends a message to the version of its route, or to one that still has the name in it. */
  #byName(inbound: InboundMessage, server: RegisteredServer, route: Route, answer: Answer): void {
    const others = this.#names.others(inbound, server, route);
    if (others.length === 0) return this.#forward(inbound, server, route, answer);
    const failed = (error: unknown): void => answer.fail(asError(error));
    this.#names
      .instead(inbound, route, others)
      .then((found) =>
        found === undefined || route.session === undefined
          ? this.#forward(inbound, server, found === undefined ? route : { ...route, version: found }, answer)
          : this.#outOfSession(inbound, server, { ...route, version: found, session: undefined }, answer),
      )
      .catch(failed);
  }

  #forward(
    inbound: InboundMessage,
    server: RegisteredServer,
    route: Route,
    answer: Answer,
    session = route.session,
  ): void {
    const { message, signal } = inbound;
    const headers = withInner(this.#headers.headersFor(inbound, route.version), route);
    const upstream = this.#upstream(inbound, route);
    if (message.modern) this.#sessions.asked(inbound.server, route.version.version);
    const watch = this.#watch(inbound, route, upstream, isDivided(server.versions));
    const text = unsealed(inbound.text, route.handles);
    const { alone, key } = inbound.principal;
    const ask = { text, message, headers, session, caller: alone ? key : undefined, signal };
    const asked = { opens: message.method === 'initialize', modern: message.modern };
    upstream.send(ask, new CountedAnswer(answer, asked, watch));
  }

  /** Asks in a session of the gateway, because the caller's session belongs to another version. */
  async #outOfSession(inbound: InboundMessage, server: RegisteredServer, route: Route, answer: Answer): Promise<void> {
    const upstream = this.#upstreams.of(inbound.server, route.version);
    await inOwnSession(
      upstream,
      identity(inbound.headers),
      (_, session) =>
        new Promise<void>((resolve) => {
          inbound.signal.addEventListener('abort', () => resolve(), { once: true });
          this.#forward(inbound, server, route, new LastAnswer(answer, resolve), session);
        }),
    );
  }

  #upstream({ server, session }: Inbound, { version, session: inner }: Route, used = true): Upstream {
    if (used && session !== undefined && inner !== undefined)
      this.#sessions.used(session, server, version.version, inner);
    return this.#upstreams.of(server, version);
  }

  #watch(inbound: InboundMessage, { version: { version }, nonce }: Route, upstream: Upstream, divided: boolean): Watch {
    const { server, message, signal, session } = inbound;
    const principal = boundTo(inbound);
    const method = message.method ?? '';
    const how = { server, version, method, modern: message.modern, divided, principal, sealer: this.#sealer };
    const ended = this.#counted(inbound, version);
    signal.addEventListener('abort', () => ended('cancelled'), { once: true });
    let opened: string | undefined;
    let last: string | undefined;
    const wanted = method === 'tools/call' && this.reads.wants(server, version);
    return {
      rewrite: (text) => {
        if (wanted) last = text;
        if (message.modern) this.#eras.heard(upstream, method, text);
        if (method === 'tools/list' && message.modern) this.#headers.listed(server, version, text);
        const task = reportedTask(text);
        if (task) this.#sessions.task(server, version, task);
        return rewritten(text, how);
      },
      ended: (outcome, error) => {
        ended(outcome, error);
        if (outcome === 'ok' && wanted) void this.reads.ended(inbound, version, last);
        if (opened !== undefined && outcome !== 'ok') this.#sessions.ended(opened);
      },
      session: (inner) => {
        const sealed = {
          kind: 'session',
          server,
          version,
          inner,
          ...(nonce === undefined ? {} : { nonce }),
        } as const;
        opened = this.#sealer.seal(sealed, principal);
        this.#sessions.used(opened, server, version, inner);
        return opened;
      },
      sessionLost: () => (session === undefined ? undefined : this.#sessions.ended(session)),
    };
  }

  #counted({ server, message: { kind, method, params } }: InboundMessage, version: string): Watch['ended'] {
    if (kind !== 'request' || method === undefined) return () => undefined;
    const tool = method === 'tools/call' ? (textAt(params, 'name') ?? '') : '';
    const counted = this.#meter.begin({ server, version, method, tool });
    return (outcome, error) => {
      // A stream lasts as long as its caller wants, so its end says nothing about the version.
      if (counted(outcome) && outcome !== undefined && method !== 'subscriptions/listen')
        this.#health.ended(server, version, outcome, error);
    };
  }
}

function eventOf({ server, version, from, health }: HealthChange, revision: number): ServerEvent {
  const { state: to, since: at, reason } = health;
  const why = reason === undefined ? {} : { why: reason };
  return { type: 'server:health-changed', server, version, revision, at, who: 'gateway', ...why, from, to };
}

/** A header may repeat a task id of the message. */
function withInner(headers: InboundMessage['headers'], { handles }: Route): Readonly<Record<string, string>> {
  const inner = handles.find(([handle]) => handle === headers['mcp-name'])?.[1];
  return inner === undefined ? headers : { ...headers, 'mcp-name': inner };
}
