import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { GatewayServer, GatewayView } from '../../ports/server-gateways.ts';

const Health = z.object({ state: z.enum(['unknown', 'healthy', 'unhealthy']), reason: z.string().optional() });

const Version = z
  .object({
    version: z.string(),
    traffic: z.number(),
    health: Health.exactOptional(),
    sessions: z.number().optional(),
    open_tasks: z.number().optional(),
    open_requests: z.number().optional(),
  })
  .transform(({ sessions, open_tasks: tasks, open_requests: requests, ...version }) =>
    sessions === undefined || tasks === undefined || requests === undefined
      ? version
      : { ...version, open: { sessions, tasks, requests } },
  );

/** The part of a gateway's status that a release reads. Further fields are of no interest. */
const Status = z.object({
  revision: z.number(),
  versions: z.array(Version),
});
const Servers = z.object({ servers: z.array(Status.extend({ server: z.string() })) });
const Mirrored = z.object({
  compared: z.number(),
  differences: z.array(z.object({ tool: z.string(), path: z.string(), what: z.string(), calls: z.number() })),
});
const Replayed = Mirrored.extend({ recorded: z.number() });
const Past = z.object({ pages: z.array(z.object({ id: z.number(), age_ms: z.number() })) });
const Alive = z.object({ version: z.string().exactOptional() });

/** A gateway is on this machine or near, so a longer silence is no answer. */
const TIMEOUT_MS = 2_000;
/** A gateway stops a replay earlier, but its last call may still be under way. */
const REPLAY_MS = 60_000;
const MAX_DETAIL = 200;

/** The address of one version at a gateway, whatever its traffic is. */
export function versionUrl(gateway: string, server: string, version: string): string {
  const [name, label] = [server, version].map(encodeURIComponent);
  return `${gateway.replace(/\/+$/, '')}/servers/${name}/versions/${label}/mcp`;
}

/** The credential for a gateway. Undefined: none is sent. Errors: CREDENTIALS_UNAVAILABLE. */
export type TokenFor = (gateway: string) => string | undefined;

/** Reads the pages of gateways. Errors of all: GATEWAY_UNREACHABLE, and those of `tokenFor`. */
export class GatewayClient {
  readonly #tokenFor: TokenFor;

  constructor(tokenFor: TokenFor = () => undefined) {
    this.#tokenFor = tokenFor;
  }

  /** The split of one server as one gateway has it in force. */
  async status(gateway: string, server: string): Promise<Omit<GatewayServer, 'server'>> {
    return this.#read(Status, gateway, `/servers/${encodeURIComponent(server)}/status`);
  }

  /** Everything that one gateway has in force. */
  async view(gateway: string): Promise<GatewayView> {
    const [{ servers }, { version }] = await Promise.all([
      this.#read(Servers, gateway, '/servers'),
      this.#read(Alive, gateway, '/healthz'),
    ]);
    return { gateway, servers, ...(version === undefined ? {} : { version }) };
  }

  /** What the new version answers to the calls that one gateway has kept. */
  async replay(
    gateway: string,
    server: string,
    version: string,
    changing: readonly string[],
  ): Promise<z.output<typeof Replayed>> {
    const body = JSON.stringify({ version, changing });
    const sending = { method: 'POST', body, signal: AbortSignal.timeout(REPLAY_MS) };
    return this.#read(Replayed, gateway, `/servers/${encodeURIComponent(server)}/replay`, sending);
  }

  /** Has calls mirrored to the new version for some seconds more. */
  async mirror(
    gateway: string,
    server: string,
    version: string,
    changing: readonly string[],
  ): Promise<z.output<typeof Mirrored>> {
    const sending = { method: 'POST', body: JSON.stringify({ version, changing }) };
    return this.#read(Mirrored, gateway, `/servers/${encodeURIComponent(server)}/mirror`, sending);
  }

  /** The counters of one gateway now, in the text format of Prometheus. */
  counters(gateway: string): Promise<string> {
    return this.text(gateway, '/metrics');
  }

  /** The times at which one gateway has kept its counters, the oldest first, as milliseconds before now. */
  async past(gateway: string): Promise<z.output<typeof Past>['pages']> {
    return (await this.#read(Past, gateway, '/metrics/past')).pages;
  }

  /** The counters that one gateway has kept, in the text format of Prometheus. */
  pastCounters(gateway: string, id: number): Promise<string> {
    return this.text(gateway, `/metrics/past/${id}`);
  }

  /** The body of one answer with status 200. */
  async text(gateway: string, path: string, sending: RequestInit = {}): Promise<string> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const token = this.#tokenFor(gateway);
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(`${gateway.replace(/\/+$/, '')}${path}`, { signal, headers, ...sending });
      const text = await response.text();
      if (response.ok) return text;
      const { status } = response;
      if (status === 401 || status === 403) throw refusedBy(gateway, text);
      throw new Error(`status ${status}: ${cleanText(text, MAX_DETAIL)}`);
    } catch (cause) {
      if (cause instanceof SluiceError) throw cause;
      throw new SluiceError('GATEWAY_UNREACHABLE', `The gateway ${gateway} does not answer: ${reasonOf(cause)}`, {
        cause,
      });
    }
  }

  async #read<S extends z.ZodType>(
    schema: S,
    gateway: string,
    path: string,
    sending: RequestInit = {},
  ): Promise<z.output<S>> {
    const parsed = schema.safeParse(parsedOrNothing(await this.text(gateway, path, sending)));
    if (parsed.success) return parsed.data;
    throw new SluiceError('GATEWAY_UNREACHABLE', `${gateway} does not answer as a gateway: ${path} has another form.`);
  }
}

function refusedBy(gateway: string, text: string): SluiceError {
  return new SluiceError('GATEWAY_UNREACHABLE', `The gateway ${gateway} refuses: ${cleanText(text, MAX_DETAIL)}`, {
    next: 'Set SLUICE_MCP_GATEWAY_TOKEN to a credential of that gateway that may do this, or use its SLUICE_HOME.',
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
