import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Target } from '../../domain/release/target.ts';
import { POD_HASH_LABEL, type Revision } from '../../domain/rollout.ts';
import type { AnalysisOutcome, LastWrite, ObjectEvent, PastOfRollout } from '../../ports/rollout-history.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { ANALYSIS_RUN, EVENT, REPLICA_SET } from '../../adapters/kubernetes/kinds.ts';
import type { Kind } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { AnalysisRun, Event, Managed, ReplicaSet } from './history-schema.ts';
import { refusedPods } from './pods.ts';
import { readRollout, refOf } from './read.ts';
import type { Rollout } from './schema.ts';

const REVISION = 'rollout.argoproj.io/revision';
/** Argo writes it while the pods of an earlier version wait for their removal (argo-rollouts v1.10.1, types.go). */
const SCALE_DOWN_DEADLINE = 'scale-down-deadline';
const TYPE_LABEL = 'rollout-type';
const TEXT = 300;

const newestFirst = (a: string, b: string): number => b.localeCompare(a);

export async function readHistory(client: ClusterClient, target: Target): Promise<PastOfRollout> {
  const rollout = await readRollout(client, target);
  const [sets, runs, events, writes] = await Promise.all([
    owned(client, REPLICA_SET, ReplicaSet, rollout),
    owned(client, ANALYSIS_RUN, AnalysisRun, rollout),
    eventsOf(client, rollout),
    writesTo(client, target),
  ]);
  return {
    podHash: rollout.status.currentPodHash ?? '',
    stableHash: rollout.status.stableRS ?? '',
    resourceVersion: rollout.metadata.resourceVersion,
    revisions: toRevisions(sets),
    analysisRuns: runs.map(toOutcome).toSorted((a, b) => newestFirst(a.startedAt, b.startedAt)),
    events: events.map(toEvent).toSorted((a, b) => newestFirst(a.at, b.at)),
    writes: writes.toSorted((a, b) => newestFirst(a.at, b.at)),
  };
}

export async function readRevisions(client: ClusterClient, target: Target): Promise<Revision[]> {
  return readRevisionsOf(client, await readRollout(client, target));
}

const toRevisions = (sets: readonly ReplicaSet[]): Revision[] =>
  sets.map(toRevision).toSorted((a, b) => b.revision - a.revision);

interface OwnedObject {
  readonly metadata: { readonly ownerReferences: readonly { readonly uid: string }[] };
}

/** The ReplicaSets of a Rollout as revisions, newest first. Errors: those of the client. */
export async function readRevisionsOf(client: ClusterClient, rollout: Rollout): Promise<Revision[]> {
  return toRevisions(await owned(client, REPLICA_SET, ReplicaSet, rollout));
}

/** Argo puts the selector's labels on all objects that it creates for a Rollout. The owner reference decides. */
async function owned<S extends z.ZodType<OwnedObject>>(
  client: ClusterClient,
  kind: Kind,
  schema: S,
  rollout: Rollout,
): Promise<z.output<S>[]> {
  const labels = Object.entries(rollout.spec.selector?.matchLabels ?? {}).map(([label, value]) => `${label}=${value}`);
  const items = await client.list(kind, rollout.metadata.namespace, labels.join(',') || undefined);
  const parsed = items.flatMap((item) => schema.safeParse(item).data ?? []);
  return parsed.filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === rollout.metadata.uid));
}

async function eventsOf(client: ClusterClient, { metadata }: Rollout): Promise<Event[]> {
  const fields = `involvedObject.kind=Rollout,involvedObject.name=${metadata.name},involvedObject.uid=${metadata.uid ?? ''}`;
  const items = await client.list(EVENT, metadata.namespace, undefined, fields);
  return items.flatMap((item) => Event.safeParse(item).data ?? []);
}

async function writesTo(client: ClusterClient, target: Target): Promise<LastWrite[]> {
  const parsed = Managed.safeParse(await client.get(refOf(target)));
  const entries = parsed.data?.metadata.managedFields ?? [];
  return entries.map(({ manager, time, subresource, fieldsV1 }) => ({
    at: time,
    who: plainLine(manager, 80),
    what: subresource || 'object',
    fields: fieldPaths(fieldsV1),
  }));
}

/** Paths such as "spec.template", from the field set of a manager (its keys are "f:<field>", "k:<key>" and "."). */
function fieldPaths(fields: Readonly<Record<string, unknown>>): string[] {
  const named = (set: unknown) =>
    Object.entries(set ?? {}).flatMap(([key, inner]) => (key.startsWith('f:') ? [[key.slice(2), inner] as const] : []));
  const paths = named(fields).flatMap(([top, inner]) => {
    const below = named(inner);
    return below.length > 0 ? below.map(([name]) => `${top}.${name}`) : [top];
  });
  return paths.slice(0, 12).map((path) => plainLine(path, 80));
}

function toRevision({ metadata, spec, status }: ReplicaSet): Revision {
  const { problem } = refusedPods(status.conditions);
  return {
    revision: Number(metadata.annotations[REVISION] ?? 0) || 0,
    podHash: plainLine(metadata.labels[POD_HASH_LABEL] ?? '', 63),
    images: Object.fromEntries(
      [...spec.template.spec.containers, ...spec.template.spec.initContainers].map(({ name, image }) => [
        plainLine(name, 63),
        plainLine(image),
      ]),
    ),
    createdAt: metadata.creationTimestamp,
    replicas: { desired: spec.replicas, ready: status.readyReplicas },
    replicaSet: metadata.name,
    templateDigest: digestOf(spec.template),
    scaleDownDue: metadata.annotations[SCALE_DOWN_DEADLINE] !== undefined,
    ...(problem !== undefined && { problem }),
  };
}

/** The API server has filled in the defaults of both templates, so equal templates have equal texts. */
function digestOf({ metadata, spec, ...rest }: ReplicaSet['spec']['template']): string {
  const { [POD_HASH_LABEL]: _, ...labels } = metadata?.labels ?? {};
  const containers = spec.containers.map(withoutImage);
  const initContainers = spec.initContainers.map(withoutImage);
  const template = { ...rest, metadata: { ...metadata, labels }, spec: { ...spec, containers, initContainers } };
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 16);
}

const withoutImage = (container: object): object => ({ ...container, image: '' });

function toOutcome({ metadata, status }: AnalysisRun): AnalysisOutcome {
  return {
    run: metadata.name,
    type: plainLine(metadata.labels[TYPE_LABEL] ?? '', 40),
    podHash: plainLine(metadata.labels[POD_HASH_LABEL] ?? '', 63),
    phase: plainLine(status.phase, 40),
    message: plainLine(status.message, TEXT),
    startedAt: status.startedAt ?? metadata.creationTimestamp,
    ...(status.completedAt && { completedAt: status.completedAt }),
    metrics: status.metricResults.map(
      ({ name, phase, message, successful, failed, inconclusive, error, measurements }) => {
        const last = measurements.at(-1);
        const why = message || last?.message || '';
        return {
          name: plainLine(name, 80),
          phase,
          successful,
          failed,
          inconclusive,
          errors: error,
          message: plainLine(why, TEXT),
          ...(last?.value !== undefined && { lastValue: plainLine(last.value, 80) }),
        };
      },
    ),
  };
}

function toEvent(event: Event): ObjectEvent {
  return {
    at: event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
    who: plainLine(event.source.component || event.reportingComponent || 'unknown', 80),
    type: plainLine(event.type, 20),
    reason: plainLine(event.reason, 80),
    message: plainLine(event.message, TEXT),
    count: event.count ?? 1,
  };
}
