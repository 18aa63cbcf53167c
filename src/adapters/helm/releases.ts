import { z } from 'zod';
import { isRecord } from '../../domain/cluster-objects/api-object.ts';
import { statusOf } from '../../domain/helm/read-revision.ts';
import type { HelmRecord, HelmReleasesPort } from '../../ports/helm-releases.ts';
import type { Clusters } from '../kubernetes/cluster-client.ts';
import { FIELD_MANAGER, type Kind } from '../kubernetes/kinds.ts';
import { requireNamespace } from '../kubernetes/require-namespace.ts';
import { decodedRecord, encodedRecord, revisionIn } from './record-content.ts';

const SECRET: Kind = { name: 'Secret', group: '', version: 'v1', plural: 'secrets', missing: 'HELM_RELEASE_NOT_FOUND' };
const PREFIX = 'sh.helm.release.v1.';

const Record = z.object({
  metadata: z.object({
    name: z.string().startsWith(PREFIX),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.object({ name: z.string(), version: z.string().regex(/^\d{1,9}$/), status: z.string() }),
  }),
  data: z.object({ release: z.string() }),
});

/** HelmReleasesPort on the Secrets that Helm writes. */
export function createHelmReleases(clusters: Clusters): HelmReleasesPort {
  return {
    async records({ cluster, namespace, name, current = false }) {
      const client = clusters.client(cluster);
      const selector = [
        'owner=helm',
        ...(name === undefined ? [] : [`name=${name}`]),
        ...(current ? ['status!=superseded'] : []),
      ];
      const items = await client.list(SECRET, namespace, selector.join(','));
      if (items.length === 0 && namespace !== undefined) await requireNamespace(client, namespace);
      return items.flatMap((item) => recordOf(cluster, item)).toSorted(byNameThenRevision);
    },
    open: async ({ encoded }) => revisionIn(encoded),
    async markFailed({ cluster, namespace, name, revision, resourceVersion, encoded }, description) {
      const content = decodedRecord(encoded);
      const info = isRecord(content['info']) ? content['info'] : {};
      const release = encodedRecord({ ...content, info: { ...info, status: 'failed', description } });
      await clusters
        .client(cluster)
        .mergePatch(
          { kind: SECRET, namespace, name: `${PREFIX}${name}.v${revision}` },
          { metadata: { resourceVersion, labels: { status: 'failed' } }, data: { release } },
          { fieldManager: FIELD_MANAGER },
        );
    },
  };
}

/** Other Secrets with the label are not Helm's. */
function recordOf(cluster: string, item: unknown): readonly HelmRecord[] {
  const { data } = Record.safeParse(item);
  if (!data) return [];
  const { namespace, uid, resourceVersion, labels } = data.metadata;
  return [
    {
      cluster,
      namespace,
      name: labels.name,
      revision: Number(labels.version),
      status: statusOf(labels.status),
      uid,
      resourceVersion,
      encoded: data.data.release,
    },
  ];
}

function byNameThenRevision(a: HelmRecord, b: HelmRecord): number {
  const [left, right] = [a, b].map(({ namespace, name }) => `${namespace}/${name}`) as [string, string];
  return left < right ? -1 : left > right ? 1 : b.revision - a.revision;
}
