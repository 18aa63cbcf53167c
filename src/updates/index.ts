import type { Log } from '../observability/log.ts';
import type { UpdateDeps } from './deps.ts';
import { Pursuits } from './pursuits.ts';

export type { UpdateDeps } from './deps.ts';

/**
 * Starts releases for the updates that others make, until it is stopped. Every worker may do it: an update has one
 * request id, so it gets one release. Errors: CLUSTER_UNKNOWN.
 */
export function startUpdates(deps: UpdateDeps, clusters: readonly string[], log: Log): () => void {
  const ends = clusters.map((cluster) => follow(deps, cluster, log));
  return () => ends.forEach((end) => end());
}

function follow(deps: UpdateDeps, cluster: string, log: Log): () => void {
  const pursuits = new Pursuits(deps, log);
  let last: string | undefined;
  const end = deps.updates.watch(cluster, {
    seen: (rollout) => pursuits.see(rollout),
    gone: (target) => pursuits.gone(target),
    away: (err) => {
      const text = String(err);
      if (text !== last) log.warn({ err, cluster }, 'Updates of Rollouts start no releases now: they cannot be read');
      last = text;
    },
  });
  log.info({ cluster, namespaces: deps.everyUpdateIn }, 'Updates of Rollouts start releases');
  return () => {
    end();
    pursuits.stop();
  };
}
