import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { ROLLOUT } from '../../adapters/kubernetes/kinds.ts';
import { WatchCache } from '../../adapters/kubernetes/watch-cache.ts';
import type { SeenRollout } from '../../domain/updates/seen-rollout.ts';
import type { UpdateListener } from '../../ports/rollout-updates.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

interface Followed {
  readonly client: ClusterClient;
  readonly namespace: string | undefined;
  /** Undefined: the object is not followed. */
  readonly read: (object: unknown) => SeenRollout | undefined;
}

/**
 * Tells of every Rollout, then of each change. A cache that has had its first list recovers by itself. Until then the
 * list is tried again here, because a cache tells nothing of the objects in its first list.
 */
export function followRollouts({ client, namespace, read }: Followed, listener: UpdateListener): () => void {
  const stop = new AbortController();
  let cache: WatchCache<SeenRollout> | undefined;
  const begin = async (): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const own = new WatchCache<SeenRollout>({
        ...{ client, kind: ROLLOUT, read },
        ...(namespace !== undefined && { namespace }),
        onChange: (id) => {
          const seen = own.value(id);
          if (seen) listener.seen(seen);
          else listener.gone({ cluster: client.cluster, namespace: id.namespace, rollout: id.name });
        },
      });
      cache = own;
      try {
        await own.listed;
        return own.values().forEach((seen) => listener.seen(seen));
      } catch (error) {
        own.stop();
        if (!stop.signal.aborted) listener.away(error);
      }
      const ms = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      await sleep(ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  };
  void begin();
  return () => {
    stop.abort();
    cache?.stop();
  };
}
