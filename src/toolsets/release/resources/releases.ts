import { addressOf } from '../../../commands/address.ts';
import { isAllowed } from '../../../commands/access.ts';
import { allowedReleases } from '../../../commands/allowed-releases.ts';
import { completePlace } from '../../../commands/places.ts';
import type { ResourceKind, Scope } from '../../../commands/resource.ts';
import { shownJson } from '../../../commands/shown.ts';
import { parseReleaseId, releaseId } from '../../../domain/release/target.ts';
import { cleanText } from '../../../domain/safe-text.ts';
import { poll } from '../../../feeds/poll.ts';
import { releaseGet } from '../release-get.ts';

const NEWEST = 50;
const POLL_MS = 2000;

/** Releases, with the content of release_get and all stored events. */
export const releases: ResourceKind = {
  scheme: 'release',
  variables: ['cluster', 'namespace', 'rollout'],
  title: 'Release',
  description:
    'The latest release of a target: step, weights wanted and proved, verdict, what it waits for, decisions and events.',
  mimeType: 'application/json',
  list: async (scope) =>
    (await known(scope, NEWEST)).map(({ cluster, namespace, rollout, state, version }) => ({
      uri: addressOf('release', cluster, namespace, rollout),
      name: `${namespace}/${rollout} on ${cluster}`,
      description: cleanText(`Release of ${version}, ${state}`, 200),
    })),
  async complete(scope, variable, given) {
    const found = (await known(scope, 200)).map((target) => ({ ...target, name: target.rollout }));
    return completePlace(scope, variable === 'rollout' ? 'name' : variable, given, (cluster) =>
      Promise.resolve(found.filter((place) => place.cluster === cluster)),
    );
  },
  namespace: ([, namespace]) => namespace,
  async read(context, [cluster, namespace, rollout]) {
    const input = releaseGet.check({ target: { cluster, namespace, rollout }, detail: 'full' }, context.settings);
    return shownJson(await releaseGet.run(context, input));
  },
  // Temporal does not notify about changes of a workflow, so the release is polled.
  watch: ({ gateway }, [cluster = '', namespace = '', rollout = ''], changed) =>
    Promise.resolve(poll(() => gateway.get(releaseId({ cluster, namespace, rollout })), POLL_MS, changed)),
};

/** The newest release of each target. */
async function known({ gateway, settings }: Scope, limit: number) {
  const found = await allowedReleases(settings, { limit }, (filter) => gateway.list(filter));
  const newest = new Map(found.toReversed().map((summary) => [summary.id, summary]));
  return [...newest.values()].toReversed().flatMap(({ id, state, version }) => {
    const target = parseReleaseId(id);
    return target && isAllowed(target.namespace, settings) ? [{ ...target, state, version }] : [];
  });
}
