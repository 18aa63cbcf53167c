import { SluiceError } from '../domain/errors.ts';
import type { Outcome } from '../domain/gateway/outcome.ts';
import { afterSign, unknownHealth, type HealthRecord, type HealthRules } from '../domain/gateway/health.ts';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import { versionKey } from './meter.ts';
import { GuestProbe, type Use } from './guest-probe.ts';
import { Probe, type Pinger } from './probe.ts';
import type { Upstream } from './upstream.ts';

/** How versions are checked. Times are in ms. */
export interface HealthSettings extends HealthRules {
  /** Between two pings of a version. 0: versions are not pinged, and their calls alone tell. */
  readonly everyMs: number;
  /** Longest time without an answer to a ping. */
  readonly timeoutMs: number;
  /** Whether a version is pinged only where a caller uses it, so that no process is started for it. Default: false. */
  readonly asGuest?: boolean;
}

export const HEALTH: HealthSettings = { everyMs: 10_000, timeoutMs: 5_000, unhealthyAfter: 3, healthyAfter: 2 };

/** After a failure the version is pinged again after this time, if the usual pause is longer. */
const AGAIN_MS = 1_000;

export interface HealthChange {
  readonly server: string;
  readonly version: string;
  readonly from: HealthRecord['state'];
  readonly health: HealthRecord;
}

export interface HealthParts {
  readonly settings: HealthSettings;
  /** Throws SluiceError if the version cannot be reached at all. */
  readonly upstream: (server: string, version: ServerVersion) => Upstream;
  /** How a caller of this process uses the version at present. Undefined: nobody does. */
  readonly use: (server: string, version: string) => Use | undefined;
  readonly changed: (change: HealthChange) => void;
}

interface Watched {
  readonly server: string;
  version: ServerVersion;
  health: HealthRecord;
  timer: NodeJS.Timeout | undefined;
  probe: { readonly of: Upstream; readonly by: Pinger } | undefined;
}

/** Checks the versions that callers may get. Both a ping and a call without an answer are failures. */
export class Health {
  readonly #parts: HealthParts;
  readonly #watched = new Map<string, Watched>();

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  of(server: string, version: string): HealthRecord {
    return this.#watched.get(versionKey(server, version))?.health ?? unknownHealth(0);
  }

  /** Begins to ping the versions that may get callers, and ends it for those that may not any more. */
  watch(server: RegisteredServer): void {
    const wanted = new Map(server.versions.filter(mayGetCalls).map((one) => [one.version, one]));
    for (const [key, watched] of this.#watched) {
      if (watched.server !== server.name) continue;
      const found = wanted.get(watched.version.version);
      wanted.delete(watched.version.version);
      if (found) watched.version = found;
      else this.#forget(key, watched);
    }
    for (const version of wanted.values()) this.#begin(server.name, version);
  }

  /** Takes the end of a call as a sign. `error`: what the caller was told. */
  ended(server: string, version: string, outcome: Outcome, error?: SluiceError): void {
    if (outcome === 'cancelled' || !concernsVersion(error)) return;
    const watched = this.#watched.get(versionKey(server, version));
    if (!watched) return;
    const failed = outcome === 'unavailable' || outcome === 'timeout' || error?.code === 'UPSTREAM_INVALID';
    this.#sign(watched, failed ? (error?.message ?? 'its answer had no end') : undefined);
  }

  close(): void {
    for (const [key, watched] of this.#watched) this.#forget(key, watched);
  }

  #begin(server: string, version: ServerVersion): void {
    const key = versionKey(server, version.version);
    const watched: Watched = { server, version, health: unknownHealth(Date.now()), timer: undefined, probe: undefined };
    this.#watched.set(key, watched);
    this.#next(watched, 0);
  }

  #forget(key: string, watched: Watched): void {
    clearTimeout(watched.timer);
    watched.probe?.by.close();
    this.#watched.delete(key);
  }

  #next(watched: Watched, pause: number): void {
    if (this.#parts.settings.everyMs === 0) return;
    watched.timer = setTimeout(() => void this.#ping(watched), pause).unref();
  }

  async #ping(watched: Watched): Promise<void> {
    const { server, version } = watched;
    const { everyMs, timeoutMs } = this.#parts.settings;
    const result = await this.#pinged(watched, timeoutMs);
    if (this.#watched.get(versionKey(server, version.version)) !== watched) return;
    const failure = typeof result === 'boolean' ? undefined : result;
    if (result !== false && concernsVersion(failure)) this.#sign(watched, failure?.message);
    this.#next(watched, failure ? Math.min(everyMs, AGAIN_MS) : everyMs);
  }

  /** Why the version has not answered a ping. True: it has. False: there was nothing to ping. */
  async #pinged(watched: Watched, timeoutMs: number): Promise<SluiceError | boolean> {
    try {
      return await this.#probe(watched).ping(timeoutMs);
    } catch (error) {
      return error instanceof SluiceError ? error : new SluiceError('UPSTREAM_UNREACHABLE', String(error));
    }
  }

  /** A version whose definition has changed is another upstream, and the session with the old one is of no use. */
  #probe(watched: Watched): Pinger {
    const of = this.#parts.upstream(watched.server, watched.version);
    if (watched.probe?.of === of) return watched.probe.by;
    watched.probe?.by.close();
    const use = (): Use | undefined => this.#parts.use(watched.server, watched.version.version);
    const by = this.#parts.settings.asGuest === true ? new GuestProbe(of, use) : new Probe(of);
    watched.probe = { of, by };
    return by;
  }

  #sign(watched: Watched, failure: string | undefined): void {
    const { server, version, health: before } = watched;
    const sign = { at: Date.now(), ...(failure === undefined ? {} : { failure }) };
    const health = afterSign(before, sign, this.#parts.settings);
    watched.health = health;
    if (health.state === before.state) return;
    this.#parts.changed({ server, version: version.version, from: before.state, health });
  }
}

/** A version without callers is not started only to see whether it starts. */
function mayGetCalls({ status, traffic }: ServerVersion): boolean {
  return status === 'blue' || (status === 'green' && traffic > 0);
}

/** A refusal by the gateway itself says nothing about the version, nor does a limit on the number of its processes. */
function concernsVersion(error: SluiceError | undefined): boolean {
  if (error === undefined || error.code === 'GATEWAY_REFERENCE_MISSING') return true;
  return error.code.startsWith('UPSTREAM_') && error.code !== 'UPSTREAM_BUSY';
}
