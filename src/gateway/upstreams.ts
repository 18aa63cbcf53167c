import { setTimeout as sleep } from 'node:timers/promises';
import { resolved } from '../domain/servers/references.ts';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import { childWire } from './child-wire.ts';
import type { EarlyProcess } from './early-process.ts';
import { HttpUpstream } from './http-upstream.ts';
import { versionKey } from './meter.ts';
import { programOf, started } from './program.ts';
import { missingReference } from './references.ts';
import { sseWires } from './sse-wire.ts';
import type { Limits, Upstream } from './upstream.ts';
import { WireUpstream } from './wire-upstream.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long calls of a removed version may still run before its processes are stopped. */
const LEAVE_MS = 30_000;

interface Held {
  readonly server: string;
  readonly version: string;
  /** The object that was asked for last. The registry makes another one with each change. */
  of: ServerVersion;
  readonly definition: string;
  readonly upstream: Upstream;
}

/** Makes the connection to a version. Nothing is sent yet. */
export type Connect = (version: ServerVersion) => Upstream;

/** The connections to all versions. One is made with the first message to its version. */
export class Upstreams {
  readonly #held = new Map<string, Held>();
  /** Of removed versions, until their last calls have ended. */
  readonly #leaving = new Set<Upstream>();
  readonly #connect: Connect;
  readonly #busy: (server: string, version: string) => boolean;

  /** `busy`: whether a request to the version is open. */
  constructor(connect: Connect, busy: (server: string, version: string) => boolean) {
    this.#connect = connect;
    this.#busy = busy;
  }

  /** Throws GATEWAY_REFERENCE_MISSING if the definition names a variable that is not set. */
  of(server: string, version: ServerVersion): Upstream {
    const key = versionKey(server, version.version);
    const held = this.#held.get(key);
    if (held?.of === version) return held.upstream;
    const definition = definitionOf(version);
    if (held?.definition === definition) {
      held.of = version;
      return held.upstream;
    }
    const upstream = this.#connect(version);
    if (held) void this.#retire(held);
    this.#held.set(key, { server, version: version.version, of: version, definition, upstream });
    return upstream;
  }

  processes(server: string, version: string): number {
    return this.#held.get(versionKey(server, version))?.upstream.processes ?? 0;
  }

  /** Stops what belongs to versions that the server no longer has. */
  keep({ name, versions }: RegisteredServer): void {
    for (const [key, held] of this.#held) {
      if (held.server !== name || versions.some(({ version }) => version === held.version)) continue;
      this.#held.delete(key);
      void this.#retire(held);
    }
  }

  async close(): Promise<void> {
    const all = [...[...this.#held.values()].map(({ upstream }) => upstream), ...this.#leaving];
    this.#held.clear();
    await Promise.all(all.map((upstream) => upstream.close()));
  }

  async #retire({ server, version, upstream }: Held): Promise<void> {
    this.#leaving.add(upstream);
    const until = Date.now() + LEAVE_MS;
    while (this.#busy(server, version) && Date.now() < until) await sleep(100);
    await upstream.close();
    this.#leaving.delete(upstream);
  }
}

/**
 * Connects as the definition of a version says, with `env` for its references. `early`: a process that the first wire
 * to its version takes. Throws GATEWAY_REFERENCE_MISSING.
 */
export function asDefined(limits: Limits, env: Environment, early?: EarlyProcess): Connect {
  return (version) => {
    const reached = resolved(version, env, missingReference);
    if (reached.transport === 'stdio') {
      const program = programOf(reached, env);
      const child = () => early?.take(program) ?? started(program);
      return new WireUpstream((events) => childWire(child(), program.command, limits.messageBytes, events), limits);
    }
    const endpoint = { url: reached.url, headers: lowerCased(reached.headers) };
    return reached.transport === 'sse'
      ? new WireUpstream(sseWires(endpoint, limits.messageBytes), limits)
      : new HttpUpstream(endpoint, limits);
  };
}

function definitionOf(version: ServerVersion): string {
  return version.transport === 'stdio'
    ? JSON.stringify([version.transport, version.command, version.args, version.env])
    : JSON.stringify([version.transport, version.url, version.headers]);
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
