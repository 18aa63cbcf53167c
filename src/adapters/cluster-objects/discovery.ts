import { z } from 'zod';
import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { failureOf } from '../kubernetes/failure.ts';

/** Source: k8s.io/api, apidiscovery/v2. Version v2beta1 has the same form. */
const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

const Resource = z.object({
  resource: z.string(),
  responseKind: z.object({ kind: z.string() }).nullish(),
  scope: z.string(),
  singularResource: z.string().optional(),
  shortNames: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
  subresources: z.array(z.object({ subresource: z.string() })).optional(),
});
const Discovery = z.object({
  kind: z.literal('APIGroupDiscoveryList'),
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().optional() }).optional(),
      versions: z.array(z.object({ version: z.string(), resources: z.array(Resource).optional() })),
    }),
  ),
});

/** Every kind in every version. Errors: CRD_MISSING for an API server without aggregated discovery. */
export async function discover(client: ClusterClient): Promise<readonly ApiKind[]> {
  const [core, groups] = await Promise.all(['/api', '/apis'].map((path) => kindsAt(client, path)));
  return [...(core ?? []), ...(groups ?? [])];
}

async function kindsAt(client: ClusterClient, path: string): Promise<readonly ApiKind[]> {
  const what = 'list its kinds';
  const response = await client.request(what, { path, accept: ACCEPT });
  if (response.status >= 300) throw failureOf(response, client.cluster, what);
  const { data } = Discovery.safeParse(JSON.parse(response.body));
  if (!data)
    throw new SluiceError('CRD_MISSING', `Cluster "${client.cluster}" has no aggregated discovery.`, {
      next: 'Update the API server to Kubernetes 1.27 or newer.',
    });
  return data.items.flatMap(({ metadata, versions }) => {
    const seen = new Set<string>();
    return versions.flatMap(({ version, resources = [] }) =>
      resources.map((one) => toKind(one, { group: metadata?.name ?? '', version }, seen)),
    );
  });
}

/** The API server lists the preferred version first. `seen`: the resources of the versions before. */
function toKind(
  { resource, responseKind, scope, singularResource, shortNames, verbs, subresources }: z.output<typeof Resource>,
  place: Pick<ApiKind, 'group' | 'version'>,
  seen: Set<string>,
): ApiKind {
  const preferred = !seen.has(resource);
  seen.add(resource);
  return {
    ...place,
    kind: responseKind?.kind ?? resource,
    plural: resource,
    singular: singularResource ?? '',
    shortNames: shortNames ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: (subresources ?? []).map(({ subresource }) => subresource),
    preferred,
  };
}
