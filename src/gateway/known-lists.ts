import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import type { Upstream } from './upstream.ts';

/** A list is read again after this time, in ms. Until it is there, the one before it counts. */
const AGAIN_MS = 60_000;
/** How long a call waits for the first list, in ms. */
const PATIENCE_MS = 2_000;
/** Lists that are kept, for all callers together. */
const MOST_LISTS = 1_000;

interface Known<T> {
  readonly server: string;
  readonly upstream: Upstream;
  until: number;
  names: Promise<T | undefined>;
}

/** Whose list it is: a version may show different items to different callers. */
export interface Lister {
  readonly principal: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One kind of list of each version, as the gateway itself has read it for a caller. */
export class KnownLists<T> {
  readonly #known = new Map<string, Known<T>>();
  readonly #upstream: (server: string, version: ServerVersion) => Upstream;
  readonly #read: (upstream: Upstream, headers: Lister['headers']) => Promise<T>;

  constructor(
    upstream: (server: string, version: ServerVersion) => Upstream,
    read: (upstream: Upstream, headers: Lister['headers']) => Promise<T>,
  ) {
    this.#upstream = upstream;
    this.#read = read;
  }

  /** Undefined if the version does not answer. */
  of(server: string, version: ServerVersion, { principal, headers }: Lister): Promise<T | undefined> {
    const key = JSON.stringify([server, version.version, principal]);
    const upstream = this.#upstream(server, version);
    const list = (): Promise<T | undefined> => this.#read(upstream, headers).catch(() => undefined);
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

  #add(key: string, known: Known<T>): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_LISTS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, known);
  }
}

/** A call does not wait long for what the gateway asks first: a slow version gets the call without it. */
export async function soon<T>(listed: Promise<T | undefined>, ms = PATIENCE_MS): Promise<T | undefined> {
  const late = new AbortController();
  const waited = sleep(ms, undefined, { signal: late.signal }).catch(() => undefined);
  const names = await Promise.race([listed, waited]);
  late.abort();
  return names;
}

function again(): number {
  return Date.now() + AGAIN_MS;
}
