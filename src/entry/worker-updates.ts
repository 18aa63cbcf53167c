import type { Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';
import type { Worlds } from '../ports/world.ts';
import { planRelease } from '../strategies/index.ts';
import { targetTools } from '../targets/index.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { startUpdates } from '../updates/index.ts';
import { clustersOf } from './ports.ts';

interface Around {
  readonly settings: Settings;
  readonly worlds: Worlds;
  readonly gateway: ReleaseGateway;
  readonly log: Log;
}

/**
 * Starts the releases of updates in this worker, until the returned function is called. Without the setting it does
 * nothing. Errors: CLUSTER_UNKNOWN.
 */
export function workerUpdates({ settings, worlds, gateway, log }: Around): () => void {
  if (!settings.releaseUpdates) return () => undefined;
  const clusters = clustersOf(settings);
  const named = settings.releaseUpdatesClusters;
  const contexts = named.length > 0 ? named : [clusters.currentContext()].filter(Boolean);
  if (contexts.length === 0)
    throw new SluiceError('CLUSTER_UNKNOWN', 'The kubeconfig has no current context whose updates start releases.', {
      next: 'Set SLUICE_RELEASE_UPDATES_CLUSTERS to contexts of the kubeconfig.',
    });
  const namespaces = settings.allowedNamespaces;
  const deps = {
    updates: targetTools(clusters, { serving: true, namespaces }).rolloutUpdates,
    ...{ worlds, gateway },
    defaults: settings,
    access: settings.access,
    everyUpdateIn: settings.releaseUpdatesNamespaces,
    preflight: async (spec: Parameters<typeof planRelease>[1]) =>
      planRelease(await worlds.of(spec.target.cluster, spec.clusterUid, spec), spec, (owner) =>
        gateway.owns(owner).then(
          (found) => found === 'ended',
          () => false,
        ),
      ),
  };
  return startUpdates(deps, contexts, log);
}
