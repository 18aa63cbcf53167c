import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import { listedTools, type ListedTools } from './own-call.ts';
import type { Upstream } from './upstream.ts';

/** A list is read again after this time, in ms. Until it is there, the one before it counts. */
const AGAIN_MS = 60_000;
/** How long a call waits for the first list, in ms. */
const PATIENCE_MS = 2_000;
/** Lists that are kept, for all callers together. */
const MOST_LISTS = 1_000;

type Names = ListedTools | undefined;

interface Known {
  readonly server: string;
  readonly upstream: Upstream;
  until: number;
  names: Promise<Names>;
}

/** Whose list it is: a version may show different tools to different callers. */
export interface Lister {
  readonly principal: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The tools of each version, as the gateway itself has listed them for a caller. */
export class ToolNames {
  readonly #known = new Map<string, Known>();
  readonly #upstream: (server: string, version: ServerVersion) => Upstream;

  constructor(upstream: (server: string, version: ServerVersion) => Upstream) {
    this.#upstream = upstream;
  }

  /** Undefined if the version does not list its tools. */
  of(server: string, version: ServerVersion, { principal, headers }: Lister): Promise<Names> {
    const key = JSON.stringify([server, version.version, principal]);
    const upstream = this.#upstream(server, version);
    const list = (): Promise<Names> => listedTools(upstream, headers).catch(() => undefined);
    let known = this.#known.get(key);
    if (known?.upstream === upstream && known.until > Date.now()) return known.names;
    const listed = list();
    if (known?.upstream === upstream) known.until = again();
    else this.#add(key, (known = { server, upstream, until: again(), names: soon(listed) }));
    const renewed = known;
    void listed.then((names) => (names === undefined ? undefined : (renewed.names = Promise.resolve(names))));
    return renewed.names;
  }

  /** Forgets the lists of a server that has changed. */
  forget({ name }: RegisteredServer): void {
    for (const [key, { server }] of this.#known) if (server === name) this.#known.delete(key);
  }

  #add(key: string, known: Known): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_LISTS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, known);
  }
}

/** A call does not wait long for a list: a version that answers slowly is asked for the tool itself. */
async function soon(listed: Promise<Names>): Promise<Names> {
  const late = new AbortController();
  const waited = sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined);
  const names = await Promise.race([listed, waited]);
  late.abort();
  return names;
}

function again(): number {
  return Date.now() + AGAIN_MS;
}
