import { z } from 'zod';
import type { TemplatesPort } from '../../ports/templates.ts';
import type { Clusters } from '../kubernetes/cluster-client.ts';
import { ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE } from '../kubernetes/kinds.ts';

const Named = z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) });
const Stored = z.object({ metadata: z.object({ resourceVersion: z.string() }), spec: z.unknown() });

/** TemplatesPort on the Kubernetes API. */
export function createTemplates(clusters: Clusters): TemplatesPort {
  return {
    async list({ cluster, namespace }) {
      const items = await clusters.client(cluster).list(ANALYSIS_TEMPLATE, namespace);
      return items.flatMap((item) => {
        const { data } = Named.safeParse(item);
        return data ? [{ cluster, namespace: data.metadata.namespace, name: data.metadata.name }] : [];
      });
    },
    async read(ref) {
      const { metadata, spec } = Stored.parse(
        await clusters.client(ref.cluster).get({ kind: ANALYSIS_TEMPLATE, namespace: ref.namespace, name: ref.name }),
      );
      return { ref, resourceVersion: metadata.resourceVersion, spec };
    },
    async readClusterTemplate({ cluster, name }) {
      return Stored.parse(await clusters.client(cluster).get({ kind: CLUSTER_ANALYSIS_TEMPLATE, name })).spec;
    },
  };
}
