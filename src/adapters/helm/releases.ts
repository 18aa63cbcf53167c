import { z } from 'zod';
import { isRecord } from '../../domain/cluster-objects/api-object.ts';
import { statusOf } from '../../domain/helm/read-revision.ts';
import type { HelmRecord, HelmReleasesPort } from '../../ports/helm-releases.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient, Clusters } from '../kubernetes/cluster-client.ts';
import { FIELD_MANAGER, type Kind } from '../kubernetes/kinds.ts';
import { requireNamespace } from '../kubernetes/require-namespace.ts';
import { decodedRecord, encodedRecord, revisionIn } from './record-content.ts';

const SECRET: Kind = { name: 'Secret', group: '', version: 'v1', plural: 'secrets', missing: 'HELM_RELEASE_NOT_FOUND' };
const CONFIG_MAP: Kind = { ...SECRET, name: 'ConfigMap', plural: 'configmaps' };
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
      if (items.length === 0 && namespace !== undefined) {
        await requireNamespace(client, namespace);
        if (name !== undefined) await refuseConfigMaps(client, namespace, name);
      }
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

/**
 * Helm with HELM_DRIVER=configmap keeps releases in ConfigMaps. Without this check an installation would write a second
 * release over the objects of the first. An account that may not list ConfigMaps gets no error. Errors: NOT_APPLICABLE.
 */
async function refuseConfigMaps(client: ClusterClient, namespace: string, name: string): Promise<void> {
  const found = await client.list(CONFIG_MAP, namespace, `owner=helm,name=${name}`).catch((error: unknown) => {
    if (error instanceof SluiceError && error.code === 'FORBIDDEN') return [];
    throw error;
  });
  if (found.length === 0) return;
  throw new SluiceError(
    'NOT_APPLICABLE',
    `Helm keeps the release ${namespace}/${name} in ConfigMaps. These tools work with releases in Secrets only. Nothing was changed.`,
    { next: 'Use the program helm with HELM_DRIVER=configmap, or copy the records of the release into Secrets.' },
  );
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
