import { createRolloutFeed, type RolloutFeedOptions } from '../../src/targets/argo-rollout/feed.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import type { Clusters } from '../../src/adapters/kubernetes/index.ts';
import type { RolloutFeed, RolloutListing } from '../../src/ports/rollout-feed.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { WatchServer } from './watch-server.ts';

type Place = { readonly cluster?: string; readonly namespace?: string; readonly fresh?: boolean };

/**
 * A feed over a fake API server that holds two Rollouts at version 2: shop/app with app:v1, and other/app with
 * other:v1.
 */
export class WatchedFeed {
  readonly server = new WatchServer();
  /** The names that listeners were called with, in order: "shop/app". */
  readonly changed: string[] = [];
  feed!: RolloutFeed;
  clusters!: Clusters;

  async start(): Promise<void> {
    const url = await this.server.start();
    // Two context names of one API server.
    this.clusters = createClusters({ kubeconfig: writeKubeconfig({ test: url, alias: url }), requestTimeoutMs: 1_000 });
    this.server.put('shop', 'app', 'app:v1');
    this.server.put('other', 'app', 'other:v1');
    this.open();
  }

  /** Replaces the feed that `start` created. */
  open(options: RolloutFeedOptions = {}): void {
    this.feed = createRolloutFeed(this.clusters, { cached: true, ...options });
  }

  async stop(): Promise<void> {
    await this.feed.close();
    await this.server.close();
  }

  list(place: Place = {}): Promise<RolloutListing> {
    return this.feed.list({ cluster: 'test', ...place });
  }

  /** The first list that comes from the watch. */
  cached(place: Place = {}): Promise<RolloutListing> {
    return this.until(
      () => this.list(place),
      ({ source }) => source === 'cache',
    );
  }

  /** Adds a listener, and waits for the stream. */
  async listen(): Promise<() => void> {
    const end = await this.feed.watch('test', ({ namespace, rollout }) => this.changed.push(`${namespace}/${rollout}`));
    await this.until(
      () => this.server.streams,
      (count) => count > 0,
    );
    return end;
  }

  /** Waits for a condition, never for a fixed time. */
  async until<T>(what: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
    for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 2))) {
      const value = await what();
      if (holds(value)) return value;
      if (Date.now() > end) throw new Error(`it stays ${JSON.stringify(value)}; ${this.server.log.join(', ')}`);
    }
  }
}

export function images({ items }: RolloutListing): (string | undefined)[] {
  return items.map((item) => item.images['app']);
}
