import { SluiceError } from '../../domain/errors.ts';
import type { Channels } from '../kubernetes/channels.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { failureOf, serverStatus } from '../kubernetes/failure.ts';

/** The channels to a pod. Errors: OBJECT_NOT_FOUND, NOT_APPLICABLE with the reason of the kubelet, FORBIDDEN. */
export async function opened(
  client: ClusterClient,
  what: string,
  path: string,
  options: { readonly protocols: readonly string[]; readonly signal: AbortSignal },
): Promise<Channels> {
  const answer = await client.channels(what, path, options);
  if ('channels' in answer) return answer.channels;
  const { refused } = answer;
  const { message } = serverStatus(refused);
  if ([401, 403, 429].includes(refused.status)) throw failureOf(refused, client.cluster, what);
  const code = refused.status === 404 ? 'OBJECT_NOT_FOUND' : 'NOT_APPLICABLE';
  throw new SluiceError(
    code,
    `Cluster "${client.cluster}" could not ${what}: ${message || `status ${refused.status}`}`,
    {
      next: 'Call k8s_describe for the pod: its state and events say why.',
    },
  );
}
