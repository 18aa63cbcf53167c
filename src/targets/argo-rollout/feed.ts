import type { RolloutFeed, RolloutListing } from '../../ports/rollout-feed.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { ROLLOUT } from '../../adapters/kubernetes/kinds.ts';
import { requireNamespace } from '../../adapters/kubernetes/require-namespace.ts';
import { WatchCache, type ObjectId } from '../../adapters/kubernetes/watch-cache.ts';
import { actingAccount, actingAs } from '../../ports/acting-account.ts';
import { Rollout } from './schema.ts';
import { toView } from './view.ts';

const IDLE_MS = 300_000;

export interface RolloutFeedOptions {
  /**
   * With true, lists come from a watch once it runs. Otherwise each list is read live, and only `watch` begins a watch.
   */
  readonly cached?: boolean;
  /** The only namespaces that may be read. If absent, the whole cluster. */
  readonly namespaces?: readonly string[];
  readonly idleMs?: number;
  /** Maximum time without a message from the API server. After it the cache is not used. */
  readonly silentMs?: number;
}

type Listener = Parameters<RolloutFeed['watch']>[1];

/** A cache with its users. */
interface SharedCache {
  readonly cache: WatchCache<RolloutState>;
  readonly listeners: Set<Listener>;
  /** Timer that ends the cache. Each use restarts it. */
  readonly idle: NodeJS.Timeout;
}

/** RolloutFeed on the Kubernetes API. */
export function createRolloutFeed(clusters: Clusters, options: RolloutFeedOptions = {}): RolloutFeed {
  const caches = new SharedCaches(clusters, options);
  return {
    async list({ cluster, namespace, fresh }) {
      const { written } = clusters.client(cluster);
      // A cache holds what this process may see.
      const cached = options.cached && !fresh && actingAccount() === undefined;
      const cache = cached ? caches.for(cluster, namespace) : undefined;
      const known = cache?.current && written.covers(ROLLOUT, namespace, cache.version, (uid) => cache.holds(uid));
      const listing = known ? fromCache(cache, namespace) : await live(clusters, cluster, namespace);
      if (namespace !== undefined && listing.items.length === 0)
        await requireNamespace(clusters.client(cluster), namespace);
      return listing;
    },
    watch: (cluster, listener) => actingAs(undefined, () => caches.listen(cluster, listener)),
    close: () => Promise.resolve(caches.stop()),
  };
}

function fromCache(cache: WatchCache<RolloutState>, namespace: string | undefined): RolloutListing {
  return {
    items: cache.values(namespace),
    resourceVersion: cache.version,
    ageMs: Math.round(cache.ageMs),
    source: 'cache',
  };
}

async function live(clusters: Clusters, cluster: string, namespace: string | undefined): Promise<RolloutListing> {
  const client = clusters.client(cluster);
  const mark = client.written.mark();
  const { items, resourceVersion } = await client.snapshot(ROLLOUT, namespace);
  client.written.settle(ROLLOUT, namespace, mark, resourceVersion);
  return { items: items.flatMap((item) => readItem(cluster, item) ?? []), resourceVersion, ageMs: 0, source: 'live' };
}

/** Undefined for an object of unexpected form. An invalid object must not hide the others. */
function readItem(cluster: string, object: unknown): RolloutState | undefined {
  const { data } = Rollout.safeParse(object);
  return data && toView({ cluster, namespace: data.metadata.namespace, rollout: data.metadata.name }, data, {});
}

class SharedCaches {
  readonly #clusters: Clusters;
  readonly #options: RolloutFeedOptions;
  readonly #caches = new Map<string, SharedCache>();

  constructor(clusters: Clusters, options: RolloutFeedOptions) {
    this.#clusters = clusters;
    this.#options = options;
  }

  /** The cache that contains a namespace. Undefined when no cache may contain all of it. */
  for(cluster: string, namespace: string | undefined): WatchCache<RolloutState> | undefined {
    const places = this.#places().filter((watched) => watched === undefined || watched === namespace);
    return places.length > 0 ? this.#use(cluster, places[0]).cache : undefined;
  }

  async listen(cluster: string, listener: Listener): Promise<() => void> {
    // A new function object, so that a listener that is passed twice is called twice.
    const own: Listener = (target) => listener(target);
    const used = this.#places().map((place) => this.#use(cluster, place));
    const end = (): void => used.forEach(({ listeners }) => listeners.delete(own));
    used.forEach(({ listeners }) => listeners.add(own));
    try {
      await Promise.all(used.map(({ cache }) => cache.listed));
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  stop(): void {
    for (const key of [...this.#caches.keys()]) this.#drop(key);
  }

  /** The places of a cluster that are watched. */
  #places(): readonly (string | undefined)[] {
    const { namespaces = [] } = this.#options;
    return namespaces.length > 0 ? namespaces : [undefined];
  }

  #use(cluster: string, namespace: string | undefined): SharedCache {
    const key = `${namespace ?? ''}/${cluster}`;
    const known = this.#caches.get(key);
    known?.idle.refresh();
    if (known) return known;
    const made = this.#make(key, cluster, namespace);
    this.#caches.set(key, made);
    // The next use creates a new cache, and reports the error if it fails again.
    made.cache.listed.catch(() => this.#drop(key, made));
    return made;
  }

  #make(key: string, cluster: string, namespace: string | undefined): SharedCache {
    const listeners = new Set<Listener>();
    const onChange = (id: ObjectId): void => {
      for (const listener of listeners) quietly(() => listener({ cluster, namespace: id.namespace, rollout: id.name }));
    };
    const { silentMs, idleMs = IDLE_MS } = this.#options;
    const client = this.#clusters.client(cluster);
    const place = { ...(namespace !== undefined && { namespace }), ...(silentMs !== undefined && { silentMs }) };
    const cache = new WatchCache({
      client,
      kind: ROLLOUT,
      read: (object) => readItem(cluster, object),
      onChange,
      ...place,
    });
    const idle = setTimeout(() => (listeners.size > 0 ? idle.refresh() : this.#drop(key)), idleMs).unref();
    return { cache, listeners, idle };
  }

  #drop(key: string, only?: SharedCache): void {
    const shared = this.#caches.get(key);
    if (!shared || (only && shared !== only)) return;
    this.#caches.delete(key);
    clearTimeout(shared.idle);
    shared.cache.stop();
  }
}

/** Calls a listener and ignores its failure. */
function quietly(notify: () => void): void {
  try {
    notify();
  } catch {
    // The other listeners are still called.
  }
}
