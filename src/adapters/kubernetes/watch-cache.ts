import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from './cluster-client.ts';
import type { Kind } from './kinds.ts';
import type { WatchEvent } from './watch-stream.ts';

/** Bookmarks come about once a minute. After this long without any message the server counts as silent. */
const SILENT_MS = 90_000;
/**
 * The server ends each watch after this time, or up to twice this time, so that watches of many processes do not end
 * together.
 */
const STREAM_SECONDS = 300;
/** A stream that ends sooner did not end in the server's normal way. */
const MIN_STREAM_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;

export interface WatchCacheOptions<Value> {
  readonly client: ClusterClient;
  readonly kind: Kind;
  /** If absent, the whole cluster. */
  readonly namespace?: string;
  /** If undefined, the object is left out. */
  readonly read: (object: unknown) => Value | undefined;
  /**
   * Called after the cache has changed, for each object that was added, changed or deleted since the first list. It
   * must not throw.
   */
  readonly onChange?: (id: ObjectId) => void;
  readonly silentMs?: number;
}

export interface ObjectId {
  readonly namespace: string;
  readonly name: string;
}

interface Entry<Value> {
  readonly id: ObjectId;
  readonly uid: string;
  readonly version: string;
  readonly value: Value | undefined;
}

/**
 * All objects of a kind, kept up to date by a list and then a watch. After any failure both start again, the first time
 * at once and then with increasing delays. Only the watch's connection keeps the process alive.
 */
export class WatchCache<Value> {
  readonly #options: WatchCacheOptions<Value>;
  readonly #stop = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #entries = new Map<string, Entry<Value>>();
  #sorted: readonly Entry<Value>[] | undefined;
  #uids: ReadonlySet<string> | undefined;
  #version = '';
  #confirmedAt = -Infinity;
  #connected = false;
  #failures = 0;

  constructor(options: WatchCacheOptions<Value>) {
    this.#options = options;
    // Callers that wait for the first list get this error. A rejection without a waiting caller must be handled here.
    this.#first.promise.catch(() => undefined);
    void this.#run();
  }

  /** Settles with the first list. It rejects when the first attempt fails. Attempts then continue until `stop`. */
  get listed(): Promise<void> {
    return this.#first.promise;
  }

  /** Whether the watch is connected and has received a message recently. */
  get current(): boolean {
    return this.#connected && this.ageMs < this.#silentMs;
  }

  /** Milliseconds since the API server last confirmed the current state. */
  get ageMs(): number {
    return performance.now() - this.#confirmedAt;
  }

  get version(): string {
    return this.#version;
  }

  /** By namespace and name, as the API server orders them. */
  values(namespace?: string): Value[] {
    this.#sorted ??= [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    return this.#sorted.flatMap(({ id, value }) =>
      value === undefined || (namespace !== undefined && id.namespace !== namespace) ? [] : [value],
    );
  }

  /** The value of one object. Undefined if the object does not exist, or is left out. */
  value(id: ObjectId): Value | undefined {
    return this.#entries.get(keyOf(id))?.value;
  }

  /** Whether an object with this uid is in the cache. */
  holds(uid: string): boolean {
    this.#uids ??= new Set([...this.#entries.values()].map((entry) => entry.uid));
    return this.#uids.has(uid);
  }

  stop(): void {
    this.#connected = false;
    this.#stop.abort();
    this.#first.reject(new Error('stopped'));
  }

  get #silentMs(): number {
    return this.#options.silentMs ?? SILENT_MS;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        this.#first.reject(error);
        this.#failures += 1;
      }
      this.#connected = false;
      if (!this.#stop.signal.aborted) await this.#pause();
    }
  }

  /** Lists, then watches, one stream after the other. It ends only with an error. */
  async #follow(): Promise<never> {
    await this.#list();
    for (;;) {
      const began = performance.now();
      await this.#watch();
      this.#connected = false;
      if (performance.now() - began < MIN_STREAM_MS) throw new Error('the watch ended at once');
    }
  }

  async #list(): Promise<void> {
    const asked = performance.now();
    const { client, kind, namespace } = this.#options;
    const { items, resourceVersion } = await client.snapshot(kind, namespace);
    const before = this.#version === '' ? undefined : this.#entries;
    this.#entries = new Map(items.map((item) => this.#entry(item)).map((entry) => [keyOf(entry.id), entry]));
    this.#seen(resourceVersion, asked);
    if (before) this.#emitDifferences(before);
    this.#first.resolve();
  }

  /** Applies events until the server ends the stream. */
  async #watch(): Promise<void> {
    const { client, kind, namespace } = this.#options;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error('the watch went silent')), this.#silentMs).unref();
    try {
      const signal = AbortSignal.any([this.#stop.signal, silence.signal]);
      const seconds = Math.round(STREAM_SECONDS * (1 + Math.random()));
      const events = await client.watch(kind, {
        resourceVersion: this.#version,
        seconds,
        signal,
        ...(namespace !== undefined && { namespace }),
      });
      this.#connected = true;
      for await (const event of events) {
        timer.refresh();
        this.#take(event);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take({ type, object }: WatchEvent): void {
    this.#failures = 0;
    const entry = this.#entry(object);
    if (type === 'DELETED') this.#entries.delete(keyOf(entry.id));
    else if (type !== 'BOOKMARK') this.#entries.set(keyOf(entry.id), entry);
    this.#seen(entry.version, performance.now(), type !== 'BOOKMARK');
    if (type !== 'BOOKMARK') this.#options.onChange?.(entry.id);
  }

  #seen(version: string, at: number, changed = true): void {
    if (changed) this.#sorted = this.#uids = undefined;
    this.#version = version;
    this.#confirmedAt = at;
  }

  #emitDifferences(before: ReadonlyMap<string, Entry<Value>>): void {
    for (const [key, { id, version }] of this.#entries)
      if (before.get(key)?.version !== version) this.#options.onChange?.(id);
    for (const [key, { id }] of before) if (!this.#entries.has(key)) this.#options.onChange?.(id);
  }

  #entry(object: unknown): Entry<Value> {
    const { metadata } = object as {
      metadata: { namespace?: string; name?: string; uid?: string; resourceVersion: string };
    };
    return {
      id: { namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
      uid: metadata.uid ?? '',
      version: metadata.resourceVersion,
      value: this.#options.read(object),
    };
  }

  /**
   * There is no delay after the first failure, for example when a version is too old. Then the delay doubles each time,
   * with a random part.
   */
  async #pause(): Promise<void> {
    if (this.#failures <= 1) return;
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 2), MAX_PAUSE_MS) * (1 + Math.random() / 4);
    await sleep(ms, undefined, { ref: false, signal: this.#stop.signal }).catch(() => undefined);
  }
}

/** Names contain no control character, so keys are ordered by namespace first and then by name. */
function keyOf({ namespace, name }: ObjectId): string {
  return `${namespace}\u0000${name}`;
}
