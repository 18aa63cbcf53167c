import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { Identities } from './identities.ts';

/** Maximum delay of the answer by an unreachable cluster. */
const LIMIT_MS = 1_500;

/**
 * Every context that is known to lead to the cluster of `context`, beginning with that context. Contexts of a cluster
 * that does not answer in time are left out. Never throws.
 */
export async function sameCluster(
  clusters: Clusters,
  identities: Identities,
  context: string,
): Promise<readonly string[]> {
  const others = clusters.contexts().filter((name) => name !== context);
  if (others.length === 0) return [context];
  const [own, ...found] = await Promise.all([context, ...others].map((name) => identityOf(identities, name)));
  return [context, ...others.filter((_, index) => own !== undefined && found[index] === own)];
}

async function identityOf(identities: Identities, name: string): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), LIMIT_MS)));
  const read = identities.of([name]).then(
    (found) => found.get(name),
    () => undefined,
  );
  return Promise.race([read, limit]).finally(() => clearTimeout(timer));
}
