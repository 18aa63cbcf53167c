import { z } from 'zod';
import { apiVersionOf, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { OpenApiSchemas } from '../../ports/cluster-objects.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { failureOf } from '../kubernetes/failure.ts';

const Paths = z.object({ paths: z.record(z.string(), z.object({ serverRelativeURL: z.string() })) });
const Document = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });
const TIMEOUT_MS = 15_000;

/** The OpenAPI 3 schemas of a group and version, as the API server itself publishes them. */
export async function readSchemas(
  client: ClusterClient,
  kind: Pick<ApiKind, 'group' | 'version'>,
): Promise<OpenApiSchemas> {
  const { paths } = Paths.parse(await read(client, '/openapi/v3'));
  const key = `${kind.group ? 'apis' : 'api'}/${apiVersionOf(kind)}`;
  const url = Object.hasOwn(paths, key) ? paths[key]?.serverRelativeURL : undefined;
  if (url === undefined)
    throw new SluiceError(
      'OBJECT_NOT_FOUND',
      `Cluster "${client.cluster}" publishes no schema of ${apiVersionOf(kind)}.`,
      {
        next: 'Look at an object of the kind with k8s_get.',
      },
    );
  return Document.parse(await read(client, url)).components.schemas;
}

async function read(client: ClusterClient, path: string): Promise<unknown> {
  const what = 'read its OpenAPI documents';
  const response = await client.request(what, { path, timeoutMs: TIMEOUT_MS });
  if (response.status >= 300) throw failureOf(response, client.cluster, what);
  return JSON.parse(response.body) as unknown;
}
