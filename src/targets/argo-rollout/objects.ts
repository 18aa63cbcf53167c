import type { RolloutObjectsPort } from '../../ports/rollout-objects.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { ROLLOUT } from '../../adapters/kubernetes/kinds.ts';
import { createRollout } from './create.ts';
import { readDetail } from './detail.ts';
import { readHistory, readRevisions } from './history.ts';
import { removeRollout } from './remove.ts';
import { Rollout } from './schema.ts';
import { setTemplate } from './template.ts';
import { readVersions } from './versions.ts';
import { toView } from './view.ts';

/** RolloutObjectsPort on the Kubernetes API. */
export function createRolloutObjects(clusters: Clusters): RolloutObjectsPort {
  return {
    async list({ cluster, namespace }) {
      const items = await clusters.client(cluster).list(ROLLOUT, namespace);
      // An invalid object must not hide the others.
      const rollouts = items.map((item) => Rollout.safeParse(item)).flatMap(({ data }) => (data ? [data] : []));
      return rollouts.map((rollout) =>
        toView({ cluster, namespace: rollout.metadata.namespace, rollout: rollout.metadata.name }, rollout, {}),
      );
    },
    read: async (target) => readDetail(clusters.client(target.cluster), target),
    create: async (rollout) => createRollout(clusters.client(rollout.target.cluster), rollout),
    remove: async (target, admit) => removeRollout(clusters.client(target.cluster), target, admit),
    revisions: async (target) => readRevisions(clusters.client(target.cluster), target),
    versions: async (target) => readVersions(clusters.client(target.cluster), target),
    history: async (target) => readHistory(clusters.client(target.cluster), target),
    setTemplate: async (template) => setTemplate(clusters.client(template.ref.cluster), template),
  };
}
