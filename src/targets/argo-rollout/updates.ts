import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { ClusterClient, Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { CONFIG_MAP, EVENT, FIELD_MANAGER, ROLLOUT } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Target } from '../../domain/release/target.ts';
import { templateSource, type TemplateSource } from '../../domain/updates/origin.ts';
import { askedBy, RELEASE_FILE_KEY, type SeenRollout } from '../../domain/updates/seen-rollout.ts';
import type { Notice, RolloutUpdates } from '../../ports/rollout-updates.ts';
import { parseRollout, refOf } from './read.ts';
import { deploymentOf } from './referred.ts';
import { Rollout } from './schema.ts';
import { followRollouts } from './updates-watch.ts';
import { toView } from './view.ts';

const REVISION = 'rollout.argoproj.io/revision';
/** The API server refuses longer messages of events. Source: k8s.io/kubernetes, pkg/apis/core/validation/events.go. */
const MAX_MESSAGE = 1_000;

/** RolloutUpdates on the Kubernetes API. `namespaces`: the only ones that may be read. If empty, the whole cluster. */
export function createRolloutUpdates(clusters: Clusters, namespaces: readonly string[]): RolloutUpdates {
  const places = namespaces.length > 0 ? namespaces : [undefined];
  return {
    watch(cluster, listener) {
      const client = clusters.client(cluster);
      const read = (object: unknown) => seenOf(cluster, object);
      const ends = places.map((namespace) => followRollouts({ client, namespace, read }, listener));
      return () => ends.forEach((end) => end());
    },
    async list({ cluster, namespace }) {
      const items = await clusters.client(cluster).list(ROLLOUT, namespace);
      return items.flatMap((item) => seenOf(cluster, item) ?? []);
    },
    templateSource: (target) => sourceOf(clusters.client(target.cluster), target),
    releaseFile: (target, name) => readFile(clusters.client(target.cluster), target, name),
    tell: ({ target, uid }, notice) => writeEvent(clusters.client(target.cluster), target, uid, notice),
  };
}

/** Undefined for an object of unexpected form. An invalid object must not hide the others. */
function seenOf(cluster: string, object: unknown): SeenRollout | undefined {
  const { data } = Rollout.safeParse(object);
  if (!data || data.metadata.deletionTimestamp !== undefined) return undefined;
  const { name, namespace, uid = '', annotations = {} } = data.metadata;
  const view = toView({ cluster, namespace, rollout: name }, data, {});
  const { target, observed, podHash, stableHash, aborted, promoteFull, owner } = view;
  return {
    ...{ target, observed, podHash, stableHash, aborted, promoteFull, uid },
    revision: annotations[REVISION] ?? '',
    ...(owner && { owner }),
    ...askedBy(annotations),
  };
}

async function sourceOf(client: ClusterClient, target: Target): Promise<TemplateSource> {
  const object = await client.get(refOf(target));
  const deployment = deploymentOf(parseRollout(object, target));
  return templateSource((deployment ? await client.get(deployment) : object) as ApiObject);
}

const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });

async function readFile(client: ClusterClient, { namespace }: Target, name: string): Promise<unknown> {
  const { data } = ConfigMap.parse(await client.get({ kind: CONFIG_MAP, namespace, name }));
  const text = data[RELEASE_FILE_KEY];
  const place = `ConfigMap ${namespace}/${name}`;
  const fault = (what: string): SluiceError =>
    new SluiceError('INVALID_INPUT', `${place} ${what}`, {
      next: `Put the fields of a release file into the key ${RELEASE_FILE_KEY} of ${place}.`,
    });
  if (text === undefined) {
    const keys = Object.keys(data).map((key) => plainLine(key, 60));
    throw fault(`has no key ${RELEASE_FILE_KEY}; it has ${keys.slice(0, 10).join(', ') || 'no keys'}.`);
  }
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw fault(`has no YAML in ${RELEASE_FILE_KEY}: ${plainLine(problem.message)}`);
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw fault(`has too many aliases in ${RELEASE_FILE_KEY}: ${plainLine(String(error))}`);
  }
}

/** Its name is made of its content, so that the same notice of several workers is one event. */
async function writeEvent(
  client: ClusterClient,
  { namespace, rollout }: Target,
  uid: string,
  { type, reason, message }: Notice,
): Promise<void> {
  const digest = createHash('sha256')
    .update(JSON.stringify([uid, reason, message]))
    .digest('hex')
    .slice(0, 16);
  const name = `${rollout.slice(0, 200)}.sluice-${digest}`;
  const now = new Date().toISOString();
  const { group, version, name: kind } = ROLLOUT;
  const event = {
    apiVersion: 'v1',
    kind: EVENT.name,
    metadata: { name, namespace },
    involvedObject: { apiVersion: `${group}/${version}`, kind, name: rollout, namespace, uid },
    ...{ type, reason, message: plainLine(message, MAX_MESSAGE) },
    source: { component: FIELD_MANAGER },
    ...{ firstTimestamp: now, lastTimestamp: now, count: 1 },
  };
  await client.apply({ kind: EVENT, namespace, name }, event, { fieldManager: FIELD_MANAGER, force: true });
}
