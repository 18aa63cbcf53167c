import { argoGetRolloutStatus } from '../../toolsets/argo/argo-get-rollout-status.ts';
import { isAllowed } from '../../commands/gate.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { ResourceKind, Scope } from './kind.ts';
import { acrossAllowed, completePlace, MOST_LISTED } from './places.ts';
import { shownJson } from './shown.ts';
import { addressOf } from './uri.ts';

/** Rollouts: what argo_get_rollout_status answers. */
export const rollouts: ResourceKind = {
  scheme: 'rollout',
  variables: ['cluster', 'namespace', 'name'],
  toolset: 'argo',
  title: 'Rollout',
  description:
    'An Argo Rollout, read live: phase, steps, pods, Services, written weights, analysis, owner and what to do next.',
  mimeType: 'application/json',
  async list(scope) {
    const cluster = await scope.clusters.current();
    return (await known(scope, cluster))
      .slice(0, MOST_LISTED)
      .map(({ target: { namespace, rollout }, phase, message }) => ({
        uri: addressOf('rollout', cluster, namespace, rollout),
        name: `${namespace}/${rollout}`,
        description: cleanText(`Rollout, ${phase || 'no phase yet'}${message ? `: ${message}` : ''}`, 200),
      }));
  },
  complete: (scope, variable, given) =>
    completePlace(scope, variable, given, async (cluster) =>
      (await known(scope, cluster)).map(({ target }) => ({ ...target, name: target.rollout })),
    ),
  namespace: ([, namespace]) => namespace,
  async read(context, [cluster, namespace, name]) {
    const input = argoGetRolloutStatus.check({ cluster, namespace, name }, context.settings);
    return shownJson(await argoGetRolloutStatus.run(context, input));
  },
  watch: ({ ports }, [cluster = '', namespace, name], changed) =>
    ports.rolloutFeed.watch(cluster, (target) => {
      if (target.namespace === namespace && target.rollout === name) changed();
    }),
};

async function known({ ports, settings }: Scope, cluster: string) {
  const read = async (namespace?: string) =>
    (await ports.rolloutFeed.list({ cluster, ...(namespace === undefined ? {} : { namespace }) })).items;
  return (await acrossAllowed(settings, read)).filter(({ target }) => isAllowed(target.namespace, settings));
}
