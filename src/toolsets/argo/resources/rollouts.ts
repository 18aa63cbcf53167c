import { addressOf } from '../../../commands/address.ts';
import { completeRollout, knownRollouts } from '../../../commands/known-rollouts.ts';
import { MAX_LISTED } from '../../../commands/places.ts';
import type { ResourceKind } from '../../../commands/resource.ts';
import { shownJson } from '../../../commands/shown.ts';
import { cleanText } from '../../../domain/safe-text.ts';
import { argoGetRolloutStatus } from '../argo-get-rollout-status.ts';

/** Rollouts, with the content of argo_get_rollout_status. */
export const rollouts: ResourceKind = {
  scheme: 'rollout',
  variables: ['cluster', 'namespace', 'name'],
  title: 'Rollout',
  description:
    'An Argo Rollout, read live: phase, steps, pods, Services, written weights, analysis, owner and what to do next.',
  mimeType: 'application/json',
  async list(scope) {
    const cluster = await scope.clusters.current();
    return (await knownRollouts(scope, cluster))
      .slice(0, MAX_LISTED)
      .map(({ target: { namespace, rollout }, phase, message }) => ({
        uri: addressOf('rollout', cluster, namespace, rollout),
        name: `${namespace}/${rollout}`,
        description: cleanText(`Rollout, ${phase || 'no phase yet'}${message ? `: ${message}` : ''}`, 200),
      }));
  },
  complete: completeRollout,
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
