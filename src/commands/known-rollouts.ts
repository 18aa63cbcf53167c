import { isAllowed } from './access.ts';
import { acrossAllowed, completePlace } from './places.ts';
import type { Scope } from './resource.ts';

/** The Rollouts of a cluster in the namespaces of the allow list. Errors: CLUSTER_*, CRD_MISSING, FORBIDDEN. */
export async function knownRollouts({ ports, settings }: Scope, cluster: string) {
  const read = async (namespace?: string) =>
    (await ports.rolloutFeed.list({ cluster, ...(namespace === undefined ? {} : { namespace }) })).items;
  return (await acrossAllowed(settings, read)).filter(({ target }) => isAllowed(target.namespace, settings));
}

/** Values of `cluster`, `namespace` or `name` of a Rollout. */
export function completeRollout(
  scope: Scope,
  variable: string,
  given: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  return completePlace(scope, variable, given, async (cluster) =>
    (await knownRollouts(scope, cluster)).map(({ target }) => ({ ...target, name: target.rollout })),
  );
}
