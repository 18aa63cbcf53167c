import { SluiceError } from '../../domain/errors.ts';
import type { LogQuery } from '../../ports/cluster-objects.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { failureOf, serverStatus } from '../kubernetes/failure.ts';
import { apiPath, POD } from '../kubernetes/kinds.ts';

/** The API server asks the kubelet, which may be slow. */
const TIMEOUT_MS = 10_000;

/** Errors: OBJECT_NOT_FOUND, NOT_APPLICABLE with the reason of the kubelet. */
export async function readLog(client: ClusterClient, query: LogQuery): Promise<string> {
  const { namespace, pod, container, previous, tailLines, limitBytes, sinceSeconds } = query;
  const parameters = new URLSearchParams({
    container,
    tailLines: String(tailLines),
    limitBytes: String(limitBytes),
    ...(previous && { previous: 'true' }),
    ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
  });
  const what = `read the log of ${namespace}/${pod}, container ${container}`;
  const response = await client.request(what, {
    path: `${apiPath(POD, namespace, pod)}/log?${parameters.toString()}`,
    accept: '*/*',
    timeoutMs: TIMEOUT_MS,
  });
  if (response.status < 300) return response.body;
  const { message } = serverStatus(response);
  if (response.status === 404)
    throw new SluiceError('OBJECT_NOT_FOUND', `Cluster "${client.cluster}" could not ${what}: ${message}`);
  if (response.status === 401 || response.status === 403 || response.status === 429)
    throw failureOf(response, client.cluster, what);
  // The API server passes on what the kubelet says, for example that the container waits to start, also with 500.
  throw new SluiceError('NOT_APPLICABLE', `Cluster "${client.cluster}" could not ${what}: ${message}`, {
    next: 'Call k8s_describe for the pod: its state and events say why there is no log.',
  });
}
