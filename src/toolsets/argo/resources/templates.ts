import { z } from 'zod';
import { addressOf } from '../../../commands/address.ts';
import { isAllowed } from '../../../commands/access.ts';
import { acrossAllowed, completePlace, MAX_LISTED } from '../../../commands/places.ts';
import type { ResourceKind, Scope } from '../../../commands/resource.ts';
import { shownJson } from '../../../commands/shown.ts';
import { parse } from '../../../contract/parse.ts';
import { rolloutFields } from '../../../contract/place.ts';
import { poll } from '../../../feeds/poll.ts';

const POLL_MS = 5000;
const place = z.strictObject({ ...rolloutFields, cluster: rolloutFields.cluster.unwrap() });

/** AnalysisTemplates: their metrics and arguments as stored. */
export const templates: ResourceKind = {
  scheme: 'analysis-template',
  variables: ['cluster', 'namespace', 'name'],
  title: 'AnalysisTemplate',
  description: 'The metrics, conditions and arguments of an AnalysisTemplate, as stored.',
  mimeType: 'application/json',
  async list(scope) {
    const cluster = await scope.clusters.current();
    return (await known(scope, cluster)).slice(0, MAX_LISTED).map(({ namespace, name }) => ({
      uri: addressOf('analysis-template', cluster, namespace, name),
      name: `${namespace}/${name}`,
      description: 'AnalysisTemplate',
    }));
  },
  complete: (scope, variable, given) => completePlace(scope, variable, given, (cluster) => known(scope, cluster)),
  namespace: ([, namespace]) => namespace,
  async read({ ports }, parts) {
    const { ref, ...stored } = await ports.templates.read(refOf(parts));
    return shownJson({ ...ref, resource_version: stored.resourceVersion, spec: stored.spec });
  },
  watch: ({ ports }, parts, changed) => {
    const ref = refOf(parts);
    return Promise.resolve(poll(async () => (await ports.templates.read(ref)).resourceVersion, POLL_MS, changed));
  },
};

const refOf = ([cluster, namespace, name]: readonly string[]) => parse(place, { cluster, namespace, name });

async function known({ ports, settings }: Scope, cluster: string) {
  const found = await acrossAllowed(settings, (namespace) =>
    ports.templates.list({ cluster, ...(namespace === undefined ? {} : { namespace }) }),
  );
  return found.filter(({ namespace }) => isAllowed(namespace, settings));
}
